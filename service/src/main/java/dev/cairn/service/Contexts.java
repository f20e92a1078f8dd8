package dev.cairn.service;

import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.FileTree;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Build contexts on their way in.
 *
 * <p>By manifest, so that only changed files travel:
 *
 * <ol>
 *   <li>The client writes the list of its files in blocks of a few kilobytes, each a blob, and
 *       offers their digests. The answer names what is missing for this tenant: at first blocks.
 *   <li>It uploads those ({@link Blobs}) and offers again. The answer now names files that the
 *       tenant neither uploaded nor has in one of its contexts.
 *   <li>It uploads those, each as a blob or many in one bundle, and offers a third time with the
 *       bundles' digests. The answer is the source to build.
 * </ol>
 *
 * <p>A block is JSON lines, one entry each: {@code {"path":…,"type":"file|directory|symlink",
 * "mode":493,"size":…,"digest":"sha256:…","link":…,"mtime":…}}, with {@code size} and {@code
 * digest} for files, {@code link} for symbolic links, {@code mtime} in seconds; what is left out is
 * 0.
 *
 * <p>Each offer repeats the whole list, so a client that was cut off simply begins anew.
 */
public interface Contexts {

  /**
   * What the client has.
   *
   * @param blocks the digests of the manifest's blocks, in order
   * @param bundles blobs that each hold several files: tar archives whose entries are named by the
   *     hexadecimal SHA-256 of their content
   */
  record Offer(List<Digest> blocks, List<Digest> bundles) {
    public Offer {
      blocks = List.copyOf(blocks);
      bundles = List.copyOf(bundles);
    }
  }

  /** What the service says to an offer. */
  sealed interface Answer {

    /** These are to be uploaded before the next offer: blocks of the manifest, or else files. */
    record Missing(List<Digest> blocks, List<Digest> files) implements Answer {
      public Missing {
        blocks = List.copyOf(blocks);
        files = List.copyOf(files);
      }
    }

    /**
     * Everything is here.
     *
     * @param source what a request names; kept for a grace time of an hour, then for its builds
     * @param files how many there are
     * @param bytes of all of them
     */
    record Complete(Source.Manifest source, long files, long bytes) implements Answer {}
  }

  /**
   * Says what is missing, or stores the context.
   *
   * @throws ServiceException of kind {@code INVALID} if a block or bundle cannot be read, {@code
   *     TOO_LARGE}
   */
  Answer offer(TenantId tenant, Offer offer);

  /**
   * Reads an archive (tar; plain, gzip or zstd) once, to its end, and stores its files.
   *
   * @throws ServiceException of kind {@code INVALID} (code {@code archive-invalid}) naming the
   *     entry, {@code TOO_LARGE}, {@code UNAVAILABLE} if the disk is full
   */
  Source.Archive archive(TenantId tenant, InputStream bytes);

  /**
   * The files of a context of the tenant, to look into before a build. The caller closes it.
   *
   * @param pack the source's pack
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  FileTree open(TenantId tenant, Digest pack) throws IOException;
}
