package dev.cairn.service.secret;

import dev.cairn.build.BuildJob;
import dev.cairn.build.Credentials;
import dev.cairn.build.Inputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.registry.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The registry logins of a build, each only for its host, its purposes and, if it names one, its
 * repository. Those of the request come first, then those that the tenant has stored.
 */
public final class BuildCredentials implements Credentials {
  private final BuildSecrets secrets;
  private final StoredLogins stored;

  /** Reads the texts of the requests' logins from these secrets. */
  public BuildCredentials(BuildSecrets secrets, StoredLogins stored) {
    this.secrets = secrets;
    this.stored = stored;
  }

  @Override
  public Optional<Credential> registry(
      BuildJob job, String host, String repository, Inputs.Purpose purpose) {
    Optional<Credential> sent =
        job.request().inputs().registryCredentials().stream()
            .filter(login -> login.host().equals(host))
            .filter(login -> login.purposes().contains(purpose))
            .filter(login -> login.repository().map(repository::equals).orElse(true))
            .findFirst()
            .map(login -> read(job, login));
    return sent.isPresent()
        ? sent
        : stored(job.tenant(), host, repository, purpose, secrets.masker(job.id()));
  }

  /** The tenant's stored login; what is secret of it is masked from then on. */
  public Optional<Credential> stored(
      TenantId tenant,
      String host,
      String repository,
      Inputs.Purpose purpose,
      SecretMasker masker) {
    return stored
        .find(tenant, host, repository, purpose)
        .map(found -> {
          masker.add(found.password());
          return credential(found.username(), found.password());
        });
  }

  private Credential read(BuildJob job, Inputs.CredentialInput login) {
    byte[] value = secrets.value(job, login.secret());
    try {
      String text = new String(value, StandardCharsets.UTF_8).strip();
      int colon = text.indexOf(':');
      String username = colon < 0 ? "" : text.substring(0, colon);
      byte[] password = text.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
      // The whole text is masked already; the password alone is as secret.
      secrets.masker(job.id()).add(password);
      return credential(username, password);
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  private static Credential credential(String username, byte[] password) {
    String text = new String(password, StandardCharsets.UTF_8);
    Arrays.fill(password, (byte) 0);
    return username.isEmpty()
        ? new Credential.AccessToken(text)
        : new Credential.Basic(username, text);
  }
}
