package dev.cairn.service.secret;

import dev.cairn.build.BuildJob;
import dev.cairn.build.Credentials;
import dev.cairn.build.Inputs;
import dev.cairn.oci.registry.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The registry logins of a build, each only for its host, its purposes and, if it names one, its
 * repository. The first that fits counts.
 */
public final class BuildCredentials implements Credentials {
  private final BuildSecrets secrets;

  /** Reads the logins' texts from these secrets. */
  public BuildCredentials(BuildSecrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public Optional<Credential> registry(
      BuildJob job, String host, String repository, Inputs.Purpose purpose) {
    return job.request().inputs().registryCredentials().stream()
        .filter(login -> login.host().equals(host))
        .filter(login -> login.purposes().contains(purpose))
        .filter(login -> login.repository().map(repository::equals).orElse(true))
        .findFirst()
        .map(login -> read(job, login));
  }

  private Credential read(BuildJob job, Inputs.CredentialInput login) {
    byte[] value = secrets.value(job, login.secret());
    try {
      String text = new String(value, StandardCharsets.UTF_8).strip();
      int colon = text.indexOf(':');
      return colon < 0
          ? new Credential.AccessToken(text)
          : new Credential.Basic(text.substring(0, colon), text.substring(colon + 1));
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }
}
