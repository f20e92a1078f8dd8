package dev.cairn.build;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import java.util.Optional;

/** Where files come from. What was uploaded is already stored when a request is accepted. */
public sealed interface Source {

  /**
   * An uploaded tar archive, read once into a context pack while it arrived.
   *
   * @param upload the SHA-256 of the bytes as they were sent
   * @param pack the pack that holds its files
   */
  record Archive(Digest upload, Digest pack) implements Source {}

  /**
   * A list of files whose contents were uploaded as far as they were missing.
   *
   * @param pack the pack that holds its files
   */
  record Manifest(Digest pack) implements Source {}

  /**
   * A commit of a Git repository.
   *
   * @param url an https or ssh address without credentials
   * @param ref a branch, tag or commit; absent for the default branch
   * @param submodules whether submodules are checked out
   * @param lfs whether large-file pointers are replaced by their files
   * @param keepGitDirectory whether {@code .git} is part of the context
   * @param depth how many commits of history come along with {@code .git}; 0 for all
   * @param credential the id of the tenant's secret that opens the repository
   */
  record Git(
      String url,
      Optional<String> ref,
      boolean submodules,
      boolean lfs,
      boolean keepGitDirectory,
      int depth,
      Optional<String> credential)
      implements Source {}

  /** The files of an image; as a named context also its config. */
  record Image(Reference reference) implements Source {}

  /** No files at all. */
  record None() implements Source {}
}
