package dev.cairn.content.pack;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.Node;
import dev.cairn.content.NodeCodec;
import dev.cairn.content.NodeTable;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.compress.Decompression;
import dev.cairn.content.compress.UnclosedOutputStream;
import dev.cairn.oci.Digest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pack holds: the tree, and the blobs in which the contents lie. A file's place is the
 * number of the part and the offset in it.
 *
 * @param nodes of the tree, the root too
 * @param parts the blobs; all of them must live as long as the pack
 */
public record PackIndex(NodeTable nodes, List<Digest> parts) {

  private static final int MAGIC = 0x43504B01;
  private static final int MAX_PARTS = 1 << 20;

  /** Copies the list. */
  public PackIndex {
    parts = List.copyOf(parts);
  }

  /**
   * Writes the binary form, compressed, and leaves the stream open. Equal indexes give equal bytes.
   */
  public void write(OutputStream to) throws IOException {
    try (var zstd = new ZstdOutputStreamNoFinalizer(new UnclosedOutputStream(to));
        var out = new DataOutputStream(new BufferedOutputStream(zstd, 1 << 16))) {
      out.writeInt(MAGIC);
      NodeCodec.writeNumber(out, parts.size());
      for (Digest part : parts) {
        NodeCodec.writeDigest(out, part);
      }
      NodeCodec.write(out, nodes);
    }
  }

  /**
   * Reads the binary form.
   *
   * @throws ContentException if it is damaged or beyond the limits
   */
  public static PackIndex read(InputStream from, ArchiveLimits limits) throws IOException {
    try (var plain = Decompression.open(from, Compression.ZSTD, limits);
        var in = new DataInputStream(new BufferedInputStream(plain, 1 << 16))) {
      if (in.readInt() != MAGIC) {
        throw new ContentException("this is no pack index, or one of another version");
      }
      long count = NodeCodec.readNumber(in);
      if (count > MAX_PARTS) {
        throw new ContentException("the pack index is damaged: " + count + " parts");
      }
      var parts = new ArrayList<Digest>();
      for (long i = 0; i < count; i++) {
        parts.add(NodeCodec.readDigest(in));
      }
      var nodes = NodeCodec.read(in, limits);
      for (Node node : nodes) {
        if (node.body() instanceof Node.Body.File file
            && file.size() > 0
            && file.place().source() >= count) {
          throw new ContentException("the pack index is damaged: a file of no part");
        }
      }
      return new PackIndex(nodes, parts);
    } catch (EOFException e) {
      throw new ContentException("the pack index is damaged: it ends too early", e);
    }
  }
}
