package dev.cairn.service;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Named builders: each is a cache on disk of its own (step results and cache mounts), kept until it
 * is pruned or deleted, of which one build at a time makes use. A foreign id is unknown.
 */
public interface Builders {
  /** How many a tenant may have. */
  int MOST = 100;

  /** The disk that a builder gets when nothing is said, in gigabytes (10⁹ bytes). */
  int USUAL_DISK_GB = 20;

  /** The largest disk, in gigabytes. */
  int MOST_DISK_GB = 10_000;

  /** What a builder is doing. */
  enum State {
    /** Its cache can be used. */
    READY,
    /** Its cache is empty; what was in it is being removed from the disk. */
    PRUNING
  }

  /**
   * A builder.
   *
   * @param id unique in its tenant
   * @param name for people, not unique
   * @param diskGb how much its cache keeps, in gigabytes; beyond it the least recently used goes
   * @param labels the caller's own marks
   * @param state what it is doing
   * @param active the build that runs on it
   * @param queued the builds that wait for it, oldest first
   * @param createdAt when it was made
   * @param usedAt when a build began on it last
   */
  record NamedBuilder(
      String id,
      Optional<String> name,
      int diskGb,
      Map<String, String> labels,
      State state,
      Optional<BuildId> active,
      List<BuildId> queued,
      Instant createdAt,
      Optional<Instant> usedAt) {
    public NamedBuilder {
      labels = Map.copyOf(labels);
      queued = List.copyOf(queued);
    }
  }

  /**
   * What is asked of a new one.
   *
   * @param id 1 to 64 letters, digits, dots, underscores and hyphens that begin with a letter or
   *     digit; absent for one that we make
   * @param name up to 128 characters
   * @param diskGb 1 to {@link #MOST_DISK_GB}; absent for {@link #USUAL_DISK_GB}
   * @param labels the caller's own marks
   * @param retry whether the caller may be sending the request again, so that one of the same token
   *     and wishes, made moments ago, is given back instead
   */
  record Wish(
      Optional<String> id,
      Optional<String> name,
      Optional<Integer> diskGb,
      Map<String, String> labels,
      boolean retry) {
    public Wish {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * Makes one.
   *
   * @throws ServiceException of kind {@code INVALID} naming the field, {@code CONFLICT} if there is
   *     one of this id, {@code QUOTA} if there are as many as may be
   */
  NamedBuilder create(Principal who, Wish wish);

  /** The builder of this id. */
  Optional<NamedBuilder> find(TenantId tenant, String id);

  /** All, newest first. */
  List<NamedBuilder> list(TenantId tenant);

  /**
   * Empties its cache: from now on nothing of it is found, and its bytes go soon.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}, {@code CONFLICT} while a build runs on it
   */
  NamedBuilder prune(TenantId tenant, String id);

  /**
   * Deletes it with its cache.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}, {@code CONFLICT} while a build runs on it
   *     or waits for it
   */
  void delete(TenantId tenant, String id);
}
