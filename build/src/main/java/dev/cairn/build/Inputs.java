package dev.cairn.build;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a build may use besides files.
 *
 * @param secrets by the id that {@code --mount=type=secret,id=…} names
 * @param registryCredentials for pulls and pushes
 */
public record Inputs(Map<String, SecretInput> secrets, List<CredentialInput> registryCredentials) {

  /** Nothing. */
  public static final Inputs NONE = new Inputs(Map.of(), List.of());

  public Inputs {
    secrets = Map.copyOf(secrets);
    registryCredentials = List.copyOf(registryCredentials);
  }

  /** Where a secret's value comes from. */
  public sealed interface SecretInput {

    /** A secret that the tenant has stored under this id. */
    record Stored(String id) implements SecretInput {}

    /** A value sent with the request. */
    record Sent(SealedBytes value) implements SecretInput {}

    /** A file of the main source. */
    record FromSource(RelativePath path) implements SecretInput {}

    /** Asked from the client while the build runs. */
    record FromSession(String id) implements SecretInput {}
  }

  /** What a registry credential is for. */
  public enum Purpose {
    PULL,
    PUSH,
    CACHE
  }

  /**
   * A login for one registry host.
   *
   * @param host host and optional port
   * @param purposes what it may be used for
   * @param secret where the text {@code user:password}, or an access token without a colon, comes
   *     from
   * @param repository if given, the only repository it is used for
   */
  public record CredentialInput(
      String host,
      java.util.Set<Purpose> purposes,
      SecretInput secret,
      Optional<String> repository) {
    public CredentialInput {
      purposes = java.util.Set.copyOf(purposes);
    }
  }
}
