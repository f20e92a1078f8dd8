package dev.cairn.app.command;

import dev.cairn.service.audit.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Administers an installation through its data directory, beside a server that may be running on
 * it. Who may write there may do everything, so there is no token.
 */
public interface LocalAdmin {

  /**
   * Issues a token.
   *
   * @param data the data directory
   * @param tenant its name; the tenant is made if it is new
   * @param rights their spellings, as in {@code build:read}; empty means the ordinary ones, or
   *     those that the repositories need
   * @param repositories the only repositories it opens, as in {@code team/*:pull,push}; empty for
   *     all
   * @return the token's text, which is not kept anywhere
   * @throws IllegalArgumentException if the tenant's name or a right does not exist
   * @throws IOException if the directory cannot be used
   */
  String issueToken(Path data, String tenant, Set<String> rights, List<String> repositories)
      throws IOException;

  /** Issues a token that is not limited to some repositories. */
  default String issueToken(Path data, String tenant, Set<String> rights) throws IOException {
    return issueToken(data, tenant, rights, List.of());
  }

  /**
   * Sets or replaces a secret of a tenant.
   *
   * @param data the data directory
   * @param tenant its name; the tenant is made if it is new
   * @param id under which builds name the secret
   * @param value its bytes; not kept
   * @throws IllegalArgumentException if the tenant's name or the id is not allowed
   * @throws IOException if the directory cannot be used
   */
  void setSecret(Path data, String tenant, String id, byte[] value) throws IOException;

  /**
   * Goes through the audit log in a data directory.
   *
   * @param verification what looks at it
   * @return the first thing wrong with it, if there is one
   * @throws IOException if the directory cannot be used
   */
  Optional<String> verifyAudit(Path data, Verification verification) throws IOException;
}
