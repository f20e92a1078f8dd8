package dev.cairn.service.audit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the operator decides about the audit log.
 *
 * @param anchor the file that heads of the chain are noted in, best where the server may only
 *     append; {@code audit.anchor} in the data directory if absent
 * @param entries how many entries stay in the database; older ones are moved to files
 */
public record AuditSettings(Optional<Path> anchor, int entries) {
  /** A million entries, about 300 MB. */
  public static final AuditSettings DEFAULT = new AuditSettings(Optional.empty(), 1_000_000);

  /**
   * @throws IllegalArgumentException if no entry could stay
   */
  public AuditSettings {
    if (entries < 1) {
      throw new IllegalArgumentException("audit.entries is 1 or more, not " + entries);
    }
  }
}
