package dev.cairn.content.pack;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Makes a pack of a manifest whose contents are here already. */
final class PackAssembly {

  /** Blobs below this are copied; above, they stay a part of their own. */
  private static final long SMALL = 1 << 20;

  /**
   * Parts of earlier packs that are referred to; what lies in smaller shares is copied together.
   */
  private static final int MAX_EARLIER = 16;

  private final BlobStore store;
  private final ArchiveLimits limits;
  private final KnownContents known;

  PackAssembly(BlobStore store, ArchiveLimits limits, KnownContents known) {
    this.store = store;
    this.limits = limits;
    this.known = known;
  }

  ContextPack assemble(ContextManifest manifest) throws IOException {
    var contents = new HashMap<Digest, KnownContents.Content>();
    long total = 0;
    for (var entry : manifest.entries()) {
      if (entry.digest().isPresent() && entry.entry().size() > 0) {
        contents.put(entry.digest().get(), content(entry));
        total += entry.entry().size();
        if (total > limits.bytes() || total < 0) {
          throw new LimitExceededException(
              "bytes in a context", limits.bytes(), entry.entry().path());
        }
      }
    }
    List<Digest> parts = partsThatStay(contents);
    var numbers = new HashMap<Digest, Integer>();
    parts.forEach(part -> numbers.put(part, numbers.size()));
    try (var writer = new PackWriter(store, limits, parts)) {
      for (var entry : manifest.entries()) {
        add(writer, entry, contents, numbers);
      }
      return writer.finish();
    }
  }

  private void add(
      PackWriter writer,
      ContextManifest.Entry entry,
      Map<Digest, KnownContents.Content> contents,
      Map<Digest, Integer> numbers)
      throws IOException {
    if (entry.digest().isEmpty() || entry.entry().size() == 0) {
      writer.add(entry.entry(), InputStream.nullInputStream());
      return;
    }
    Digest digest = entry.digest().get();
    var content = contents.get(digest);
    if (content == null) {
      throw new IllegalStateException("looked up above: " + digest);
    }
    Integer part = numbers.get(content.blob());
    if (part != null) {
      writer.add(entry.entry(), digest, new Node.Place(part, content.offset()));
      return;
    }
    try (var channel = store.channel(content.blob())) {
      channel.position(content.offset());
      var place = writer.copy(Channels.newInputStream(channel), content.size(), digest);
      writer.add(entry.entry(), digest, place);
    }
  }

  private KnownContents.Content content(ContextManifest.Entry entry) throws IOException {
    Digest digest = entry.digest().orElseThrow();
    String path = entry.entry().path();
    var content =
        known
            .find(digest)
            .orElseThrow(() ->
                new ContentException(
                    "the content of '" + path + "' is missing; upload blob " + digest));
    if (content.size() != entry.entry().size()) {
      throw new ContentException(
          "the size of '" + path + "' is " + content.size() + ", not " + entry.entry().size());
    }
    return content;
  }

  /** Big blobs, and the earlier parts that hold the most bytes of this context. */
  private static List<Digest> partsThatStay(Map<Digest, KnownContents.Content> contents) {
    var bytes = new HashMap<Digest, Long>();
    var big = new HashSet<Digest>();
    for (var content : contents.values()) {
      if (content.packed()) {
        bytes.merge(content.blob(), content.size(), Long::sum);
      } else if (content.size() >= SMALL) {
        big.add(content.blob());
      }
    }
    var order =
        Comparator.<Map.Entry<Digest, Long>>comparingLong(Map.Entry::getValue)
            .reversed()
            .thenComparing(Map.Entry::getKey);
    var stay = new ArrayList<Digest>();
    bytes.entrySet().stream()
        .sorted(order)
        .limit(MAX_EARLIER)
        .forEach(part -> stay.add(part.getKey()));
    big.stream().sorted().filter(part -> !stay.contains(part)).forEach(stay::add);
    return stay;
  }
}
