package dev.cairn.build;

import dev.cairn.oci.registry.Credential;
import java.util.Optional;

/** Gives the login for a registry, only to the host it is for. */
public interface Credentials {

  /** The login of {@code job} for {@code host} (with port, if any) and repository. */
  Optional<Credential> registry(
      BuildJob job, String host, String repository, Inputs.Purpose purpose);
}
