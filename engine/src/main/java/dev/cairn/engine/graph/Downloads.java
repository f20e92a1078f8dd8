package dev.cairn.engine.graph;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.engine.copy.InlineTree;
import dev.cairn.engine.copy.UrlFetcher;
import dev.cairn.oci.Digest;
import dev.cairn.oci.http.HttpFetcher;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The files that ADD fetches from the web, each once per build, kept and told as material. */
final class Downloads {
  private static final long MOST_BYTES = 8L << 30;

  private final UrlFetcher fetcher;
  private final BlobLeases leases;
  private final BuildJob job;
  private final BuildSink sink;
  private final Map<CopySource.Url, InlineTree> fetched = new HashMap<>();

  Downloads(HttpFetcher http, BlobStore blobs, BlobLeases leases, BuildJob job, BuildSink sink) {
    this.fetcher = new UrlFetcher(http, blobs, MOST_BYTES);
    this.leases = leases;
    this.job = job;
    this.sink = sink;
  }

  /**
   * The files of all URLs of an operation.
   *
   * @throws BuildException if one cannot be had or is not what its checksum says
   */
  synchronized Map<CopySource.Url, InlineTree> of(CopyOperation operation)
      throws InterruptedException {
    var found = new HashMap<CopySource.Url, InlineTree>();
    for (CopySource source : operation.sources()) {
      if (source instanceof CopySource.Url url) {
        InlineTree file = fetched.get(url);
        if (file == null) {
          file = fetch(url, operation.place());
          fetched.put(url, file);
        }
        found.put(url, file);
      }
    }
    return found;
  }

  private InlineTree fetch(CopySource.Url url, String place) throws InterruptedException {
    InlineTree file = fetcher.fetch(url, place);
    Digest digest = file.digest();
    leases.lease(job.id(), Set.of(digest));
    sink.material(new BuildResult.Material("url", UrlFetcher.shown(url), digest.toString()));
    return file;
  }
}
