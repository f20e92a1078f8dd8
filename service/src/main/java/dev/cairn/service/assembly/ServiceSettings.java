package dev.cairn.service.assembly;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.audit.AuditSettings;
import dev.cairn.service.collection.Retention;
import dev.cairn.service.queue.QueueSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the operator decides.
 *
 * @param data the data directory; the database, the key and the event logs lie in it
 * @param memory a directory on a memory file system, of this instance alone, for sent secrets
 * @param postgres the database, if it is not the file in the data directory
 * @param queue how builds are run
 * @param tenants the limits of new tenants
 * @param contexts the limits of contexts
 * @param retention how long things are kept
 * @param upkeep how the service looks after itself
 * @param server whether this process runs builds; a command beside a running server does not
 */
public record ServiceSettings(
    Path data,
    Path memory,
    Optional<Postgres> postgres,
    QueueSettings queue,
    TenantLimits tenants,
    ArchiveLimits contexts,
    Retention retention,
    Upkeep upkeep,
    boolean server) {

  /**
   * How the service looks after itself.
   *
   * @param interval between two collections
   * @param reserve bytes of the disk to keep free; absent for 512 MiB, or 5 % of a smaller disk
   * @param room bytes of the disk below which is collected early; absent for 10 GiB, or 10 % of a
   *     smaller disk
   * @param audit how the audit log is kept
   */
  public record Upkeep(
      Duration interval, Optional<Long> reserve, Optional<Long> room, AuditSettings audit) {
    /** When nothing else is configured. */
    public static final Upkeep DEFAULT =
        new Upkeep(
            Duration.ofMinutes(10), Optional.empty(), Optional.empty(), AuditSettings.DEFAULT);

    /**
     * @throws IllegalArgumentException if the interval is not positive or a size is negative
     */
    public Upkeep {
      if (interval.isNegative()
          || interval.isZero()
          || reserve.orElse(0L) < 0
          || room.orElse(0L) < 0) {
        throw new IllegalArgumentException("an interval is positive and a size not negative");
      }
    }

    /** With the usual audit log. */
    public Upkeep(Duration interval, Optional<Long> reserve, Optional<Long> room) {
      this(interval, reserve, room, AuditSettings.DEFAULT);
    }

    /** With the usual room. */
    public Upkeep(Duration interval, Optional<Long> reserve) {
      this(interval, reserve, Optional.empty(), AuditSettings.DEFAULT);
    }
  }

  /** With the usual upkeep. */
  public ServiceSettings(
      Path data,
      Path memory,
      Optional<Postgres> postgres,
      QueueSettings queue,
      TenantLimits tenants,
      ArchiveLimits contexts,
      Retention retention,
      boolean server) {
    this(data, memory, postgres, queue, tenants, contexts, retention, Upkeep.DEFAULT, server);
  }

  /** Where a PostgreSQL is, and how to log in. */
  public record Postgres(String url, String user, String password, int connections) {
    @Override
    public String toString() {
      return "Postgres[url=" + url + ", user=" + user + ", password=***]";
    }
  }

  /** The usual, for a server with these two directories. */
  public static ServiceSettings of(Path data, Path memory) {
    return new ServiceSettings(
        data,
        memory,
        Optional.empty(),
        QueueSettings.DEFAULT,
        TenantLimits.DEFAULT,
        ArchiveLimits.DEFAULT,
        Retention.DEFAULT,
        true);
  }
}
