package dev.cairn.dockerfile;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One {@code RUN --mount} after expansion and checks. Targets are absolute and clean, except where
 * said otherwise.
 */
public sealed interface Mount {
  /**
   * Files of the context ({@code from} empty), a stage, a context or an image.
   *
   * @param source path inside, {@code /} for all
   * @param writable writes go to a copy that is thrown away
   */
  record Bind(Optional<String> from, String source, String target, boolean writable)
      implements Mount {}

  /**
   * A directory that survives builds.
   *
   * @param id as given, else the clean target as written
   * @param from tree that a new cache starts from; empty means an empty directory
   * @param source path inside {@code from}
   */
  record Cache(
      String id,
      String target,
      Sharing sharing,
      boolean readOnly,
      Optional<String> from,
      String source,
      Owner owner)
      implements Mount {}

  /** An empty memory file system; {@code size} in bytes. */
  record Tmpfs(String target, OptionalLong size, boolean readOnly) implements Mount {}

  /**
   * A secret as a file, an environment variable, or both.
   *
   * @param target absent only if {@code variable} is given
   */
  record Secret(
      String id, Optional<String> target, Optional<String> variable, boolean required, Owner owner)
      implements Mount {}

  /** An agent socket; without a target it is {@code /run/buildkit/ssh_agent.N}. */
  record Ssh(String id, Optional<String> target, boolean required, Owner owner) implements Mount {}

  /** Mode (permission bits), user and group of what is mounted. */
  record Owner(int mode, int uid, int gid) {}

  /** What happens when two steps want one cache at once. */
  enum Sharing {
    /** Both write. */
    SHARED,
    /** The second gets a new one. */
    PRIVATE,
    /** The second waits. */
    LOCKED
  }
}
