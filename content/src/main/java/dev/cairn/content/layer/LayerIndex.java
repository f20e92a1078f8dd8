package dev.cairn.content.layer;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.EntryPath;
import dev.cairn.content.Node;
import dev.cairn.content.NodeCodec;
import dev.cairn.content.NodeTable;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.compress.Decompression;
import dev.cairn.content.compress.UnclosedOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one layer holds, without its bytes: the nodes it describes, the directories it only implies,
 * what it hides of lower layers, and the content of the account files. Of two entries of one name
 * the last counts. Immutable.
 */
public final class LayerIndex {

  /** The files whose bytes are kept, because COPY and RUN look up users and groups in them. */
  static final SortedSet<String> KEPT =
      Collections.unmodifiableSortedSet(new TreeSet<>(List.of("etc/group", "etc/passwd")));

  /** Account files larger than this are not kept. */
  static final int KEPT_LIMIT = 1 << 20;

  private static final int MAGIC = 0x434C4901;

  private final NodeTable nodes;
  private final SortedSet<String> implied;
  private final SortedSet<String> whiteouts;
  private final SortedSet<String> opaques;
  private final SortedMap<String, byte[]> kept;

  LayerIndex(
      NodeTable nodes,
      SortedSet<String> implied,
      SortedSet<String> whiteouts,
      SortedSet<String> opaques,
      SortedMap<String, byte[]> kept) {
    this.nodes = nodes;
    this.implied = Collections.unmodifiableSortedSet(new TreeSet<>(implied));
    this.whiteouts = Collections.unmodifiableSortedSet(new TreeSet<>(whiteouts));
    this.opaques = Collections.unmodifiableSortedSet(new TreeSet<>(opaques));
    this.kept = new TreeMap<>(kept);
  }

  /** The nodes that the layer describes, whiteouts left out. Places count from the tar's begin. */
  public NodeTable nodes() {
    return nodes;
  }

  /** Directories that exist only because something is below them. */
  public SortedSet<String> implied() {
    return implied;
  }

  /** Paths that are hidden in lower layers. */
  public SortedSet<String> whiteouts() {
    return whiteouts;
  }

  /** Directories whose content in lower layers is hidden. */
  public SortedSet<String> opaques() {
    return opaques;
  }

  /** The bytes of {@code etc/passwd} or {@code etc/group} if this layer has the file. */
  public Optional<byte[]> kept(String path) {
    return Optional.ofNullable(kept.get(path)).map(byte[]::clone);
  }

  /**
   * Whether unpacking needs nothing of lower layers: no implied directory, no hard link to them, no
   * whiteout (one that hides nothing must not be unpacked, or overlay lists it). Then the tree
   * depends on the diffID alone, else on the chain.
   */
  public boolean isSelfContained() {
    if (!implied.isEmpty() || !whiteouts.isEmpty()) {
      return false;
    }
    for (Node node : nodes) {
      if (node.body() instanceof Node.Body.HardLink) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes the binary form, compressed, and leaves the stream open. Equal indexes give equal bytes.
   */
  public void write(OutputStream to) throws IOException {
    try (var zstd =
            new ZstdOutputStreamNoFinalizer(new UnclosedOutputStream(to))
                .setCloseFrameOnFlush(false);
        var out = new DataOutputStream(new BufferedOutputStream(zstd, 1 << 16))) {
      out.writeInt(MAGIC);
      NodeCodec.write(out, nodes);
      for (var paths : List.of(implied, whiteouts, opaques)) {
        NodeCodec.writeNumber(out, paths.size());
        for (String path : paths) {
          NodeCodec.writeText(out, path);
        }
      }
      NodeCodec.writeNumber(out, kept.size());
      for (var file : kept.entrySet()) {
        NodeCodec.writeText(out, file.getKey());
        NodeCodec.writeBytes(out, file.getValue());
      }
    }
  }

  /**
   * Reads the binary form; it is checked like an archive.
   *
   * @throws ContentException if it is damaged or beyond the limits
   */
  public static LayerIndex read(InputStream from, ArchiveLimits limits) throws IOException {
    try (var in =
        new DataInputStream(
            new BufferedInputStream(Decompression.open(from, Compression.ZSTD, limits), 1 << 16))) {
      if (in.readInt() != MAGIC) {
        throw new ContentException("this is no layer index, or one of another version");
      }
      var nodes = NodeCodec.read(in, limits);
      var implied = readPaths(in, limits);
      var whiteouts = readPaths(in, limits);
      var opaques = readPaths(in, limits);
      var kept = new TreeMap<String, byte[]>();
      long files = NodeCodec.readNumber(in);
      for (long i = 0; i < files && i < KEPT.size(); i++) {
        kept.put(NodeCodec.readText(in), NodeCodec.readBytes(in, KEPT_LIMIT));
      }
      return new LayerIndex(nodes, implied, whiteouts, opaques, kept);
    } catch (EOFException | IllegalArgumentException e) {
      throw new ContentException("the layer index is damaged: " + e.getMessage(), e);
    }
  }

  private static SortedSet<String> readPaths(DataInputStream in, ArchiveLimits limits)
      throws IOException {
    long count = NodeCodec.readNumber(in);
    if (count > limits.entries()) {
      throw new ContentException("the layer index is damaged: " + count + " paths");
    }
    var paths = new TreeSet<String>();
    for (long i = 0; i < count; i++) {
      paths.add(EntryPath.normalise(NodeCodec.readText(in), limits));
    }
    return paths;
  }
}
