package dev.cairn.app.context;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings a context to the server.
 *
 * <ol>
 *   <li>Every file is hashed, and the manifest is written in blocks.
 *   <li>Blocks that the server lacks are uploaded, then files that it lacks: large ones alone,
 *       small ones many in a bundle.
 *   <li>When nothing is missing, the server answers with the source that a build names.
 * </ol>
 */
public final class ContextUpload {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final long LARGE = 1 << 20;
  private static final long BUNDLE = 32 << 20;
  private static final int ROUNDS = 8;

  private final CairnApi api;
  private final BlobUpload blobs;
  private final UploadProgress progress;

  /** Uploads over this API. */
  public ContextUpload(CairnApi api, UploadProgress progress) {
    this.api = api;
    this.blobs = new BlobUpload(api);
    this.progress = progress;
  }

  /**
   * Sends what is missing.
   *
   * @return the member {@code source} of a build's context
   */
  public JsonNode send(ContextFiles files, SentBefore memory)
      throws IOException, InterruptedException {
    if (!files.fitsManifest()) {
      return archive(files);
    }
    var digests = FileDigests.of(files, progress);
    var blocks = ManifestBlock.of(files.entries(), digests);
    Map<Digest, ManifestBlock> blockOf = new LinkedHashMap<>();
    blocks.forEach(block -> blockOf.put(block.digest(), block));
    Map<Digest, TarEntry> fileOf = new LinkedHashMap<>();
    for (TarEntry entry : files.entries()) {
      if (entry.type() == FileType.FILE && entry.size() > 0) {
        fileOf.putIfAbsent(digests.get(entry.path()), entry);
      }
    }
    List<Digest> bundles = new ArrayList<>();
    guess(files, blockOf, fileOf, memory, bundles);
    for (int round = 0; round < ROUNDS; round++) {
      JsonNode answer = offer(blocks, bundles);
      if (answer.path("source").isObject()) {
        List<Digest> all = new ArrayList<>(blockOf.keySet());
        all.addAll(fileOf.keySet());
        memory.write(all);
        return answer.path("source");
      }
      JsonNode missing = answer.path("missing");
      for (Digest digest : digests(missing.path("blocks"))) {
        sendBlock(known(blockOf, digest));
      }
      sendFiles(files, select(fileOf, digests(missing.path("files"))), bundles);
    }
    throw new IOException("the server went on asking for files that were sent; is it Cairn?");
  }

  /** With a memory of what was sent, what is new in this context goes ahead of the question. */
  private void guess(
      ContextFiles files,
      Map<Digest, ManifestBlock> blockOf,
      Map<Digest, TarEntry> fileOf,
      SentBefore memory,
      List<Digest> bundles)
      throws IOException, InterruptedException {
    Set<Long> before = memory.read();
    if (before.isEmpty()) {
      return;
    }
    for (ManifestBlock block : blockOf.values()) {
      if (!before.contains(SentBefore.mark(block.digest()))) {
        sendBlock(block);
      }
    }
    List<Digest> fresh =
        fileOf.keySet().stream().filter(d -> !before.contains(SentBefore.mark(d))).toList();
    sendFiles(files, select(fileOf, fresh), bundles);
  }

  private static <T> T known(Map<Digest, T> map, Digest digest) throws IOException {
    T found = map.get(digest);
    if (found == null) {
      throw new IOException("the server asks for what was not offered; is it Cairn?");
    }
    return found;
  }

  private static Map<Digest, TarEntry> select(Map<Digest, TarEntry> fileOf, List<Digest> wanted)
      throws IOException {
    Map<Digest, TarEntry> selected = new LinkedHashMap<>();
    for (Digest digest : wanted) {
      selected.put(digest, known(fileOf, digest));
    }
    return selected;
  }

  private static List<Digest> digests(JsonNode list) throws IOException {
    List<Digest> digests = new ArrayList<>();
    for (JsonNode each : list) {
      try {
        digests.add(Digest.parse(each.asString("")));
      } catch (IllegalArgumentException e) {
        throw new IOException("the server's answer has a bad digest; is it Cairn?", e);
      }
    }
    return digests;
  }

  private JsonNode offer(List<ManifestBlock> blocks, List<Digest> bundles) throws IOException {
    Map<String, Object> body = new HashMap<>();
    body.put("blocks", blocks.stream().map(block -> block.digest().toString()).toList());
    body.put("bundles", bundles.stream().map(Digest::toString).toList());
    return api.call(ApiRequest.json("POST", "/contexts", JSON.writeValueAsString(body)));
  }

  private void sendBlock(ManifestBlock block) throws IOException, InterruptedException {
    byte[] bytes = block.bytes();
    blobs.send(
        block.digest(),
        bytes.length,
        (out, offset) -> out.write(bytes, (int) offset, bytes.length - (int) offset));
  }

  private void sendFiles(ContextFiles files, Map<Digest, TarEntry> wanted, List<Digest> bundles)
      throws IOException, InterruptedException {
    long total = wanted.values().stream().mapToLong(TarEntry::size).sum();
    var done = new AtomicLong();
    Map<Digest, TarEntry> bundle = new LinkedHashMap<>();
    long bundled = 0;
    for (var each : wanted.entrySet()) {
      TarEntry file = each.getValue();
      if (file.size() >= LARGE) {
        sendLarge(files, each.getKey(), file, done, total);
        continue;
      }
      bundle.put(each.getKey(), file);
      bundled += file.size();
      if (bundled >= BUNDLE) {
        bundles.add(sendBundle(files, bundle, done));
        progress.report("upload", done.get(), total);
        bundle.clear();
        bundled = 0;
      }
    }
    if (!bundle.isEmpty()) {
      bundles.add(sendBundle(files, bundle, done));
      progress.report("upload", done.get(), total);
    }
  }

  private void sendLarge(
      ContextFiles files, Digest digest, TarEntry file, AtomicLong done, long total)
      throws IOException, InterruptedException {
    long before = done.get();
    blobs.send(
        digest,
        file.size(),
        (out, offset) -> {
          // An attempt after a broken one begins where the server has got to.
          done.set(before + offset);
          files.copy(
              file,
              offset,
              (bytes, count) -> {
                out.write(bytes, 0, count);
                progress.report("upload", done.addAndGet(count), total);
              });
        });
    done.set(before + file.size());
  }

  /** The bundle is written twice: once for its digest, once for the server. */
  private Digest sendBundle(ContextFiles files, Map<Digest, TarEntry> content, AtomicLong done)
      throws IOException, InterruptedException {
    var hasher = Digest.newHasher();
    writeBundle(files, content, new HashingOutput(hasher));
    long size = hasher.size();
    Digest digest = hasher.finish();
    blobs.send(
        digest,
        size,
        (out, offset) -> {
          var rest = new BufferedOutputStream(new SkippingOutput(out, offset), 64 << 10);
          writeBundle(files, content, rest);
          rest.flush();
        });
    content.values().forEach(file -> done.addAndGet(file.size()));
    return digest;
  }

  private static void writeBundle(
      ContextFiles files, Map<Digest, TarEntry> content, OutputStream out) throws IOException {
    var tar = new TarWriter(TarSink.of(out), false);
    for (var each : content.entrySet()) {
      TarEntry file = each.getValue();
      tar.add(TarEntry.file(each.getKey().hex(), Attributes.of(0644), file.size()));
      files.copy(file, 0, (bytes, count) -> tar.write(bytes, 0, count));
    }
    tar.finish();
  }

  /** Sends a whole context as one archive: for special files, which a manifest does not know. */
  private JsonNode archive(ContextFiles files) throws IOException {
    long total = files.bytes();
    var done = new AtomicLong();
    return archive(
        out -> files.writeTar(out, n -> progress.report("upload", done.addAndGet(n), total)));
  }

  /** Writes an archive. */
  public interface Archive {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Streams an archive: tar, plain or compressed.
   *
   * @return the member {@code source} of a build's context
   */
  public JsonNode archive(Archive archive) throws IOException {
    var body =
        new ApiRequest.Body() {
          @Override
          public long length() {
            return -1;
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            archive.writeTo(out);
          }
        };
    var request =
        new ApiRequest(
                "POST",
                "/archives",
                Map.of("Content-Type", "application/x-tar"),
                java.util.Optional.empty())
            .with(body);
    JsonNode source = api.call(request).path("source");
    if (!source.isObject()) {
      throw new IOException("the server did not say where the archive is; is it Cairn?");
    }
    return source;
  }
}
