package dev.cairn.content;

import dev.cairn.linux.PathBytes;
import dev.cairn.oci.Digest;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * The binary form of a table of nodes: sorted, each path without what it shares with the one
 * before, numbers in groups of seven bits. What is read is checked like an archive, because an
 * index may come from a registry.
 */
public final class NodeCodec {

  private static final int MAX_TEXT = 1 << 16;
  private static final int MAX_XATTRS = 1 << 12;
  private static final int HASH = 32;

  private NodeCodec() {}

  /** Writes the table. */
  public static void write(DataOutput out, NodeTable table) throws IOException {
    writeNumber(out, table.size());
    String before = "";
    for (Node node : table) {
      String path = node.path();
      int shared = 0;
      int most = Math.min(before.length(), path.length());
      while (shared < most && before.charAt(shared) == path.charAt(shared)) {
        shared++;
      }
      writeNumber(out, shared);
      writeText(out, path.substring(shared));
      writeAttributes(out, node.attributes());
      writeBody(out, node.body());
      before = path;
    }
  }

  /** Reads a table. */
  public static NodeTable read(DataInput in, ArchiveLimits limits) throws IOException {
    long count = readNumber(in);
    if (count > limits.entries()) {
      throw new LimitExceededException("entries in an index", limits.entries(), "");
    }
    var nodes = new ArrayList<Node>();
    String before = "";
    for (long i = 0; i < count; i++) {
      long shared = readNumber(in);
      if (shared > before.length()) {
        throw new ContentException("the index is damaged: a path shares more than there is");
      }
      String path = before.substring(0, (int) shared) + readText(in);
      if (!EntryPath.normalise(path, limits).equals(path)
          || (i > 0 && NodeTable.ORDER.compare(before, path) >= 0)) {
        throw new ContentException("the index is damaged: path " + RawText.quote(path));
      }
      nodes.add(new Node(path, readAttributes(in), readBody(in)));
      before = path;
    }
    return NodeTable.of(nodes);
  }

  /** Writes a number of at least 0, seven bits per byte, the lowest first. */
  public static void writeNumber(DataOutput out, long number) throws IOException {
    long rest = number;
    while (rest >>> 7 != 0) {
      out.writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /** Reads a number of at least 0. */
  public static long readNumber(DataInput in) throws IOException {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int part = in.readUnsignedByte();
      number |= (long) (part & 0x7F) << shift;
      if (part < 0x80) {
        return number;
      }
    }
    throw new ContentException("the index is damaged: a number is too large");
  }

  /** Writes text of any kind, see {@code PathBytes}. */
  public static void writeText(DataOutput out, String text) throws IOException {
    writeBytes(out, PathBytes.encode(text));
  }

  /** Reads text. */
  public static String readText(DataInput in) throws IOException {
    byte[] bytes = readBytes(in, MAX_TEXT);
    return PathBytes.decode(bytes, 0, bytes.length);
  }

  /** Writes bytes and their number. */
  public static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
    writeNumber(out, bytes.length);
    out.write(bytes);
  }

  /** Reads bytes, at most so many. */
  public static byte[] readBytes(DataInput in, int most) throws IOException {
    long length = readNumber(in);
    if (length > most) {
      throw new ContentException("the index is damaged: a text of " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    in.readFully(bytes);
    return bytes;
  }

  /** Writes a SHA-256 digest. */
  public static void writeDigest(DataOutput out, Digest digest) throws IOException {
    out.write(digest.bytes());
  }

  /** Reads a SHA-256 digest. */
  public static Digest readDigest(DataInput in) throws IOException {
    byte[] hash = new byte[HASH];
    in.readFully(hash);
    return Digest.ofSha256(hash);
  }

  private static void writeAttributes(DataOutput out, Attributes attributes) throws IOException {
    writeNumber(out, attributes.mode());
    writeNumber(out, attributes.uid());
    writeNumber(out, attributes.gid());
    out.writeLong(attributes.mtimeSeconds());
    writeNumber(out, attributes.mtimeNanos());
    writeNumber(out, attributes.xattrs().names().size());
    for (String name : attributes.xattrs().names()) {
      writeText(out, name);
      writeBytes(out, attributes.xattrs().value(name).orElseThrow());
    }
  }

  private static Attributes readAttributes(DataInput in) throws IOException {
    long mode = readNumber(in);
    long uid = readNumber(in);
    long gid = readNumber(in);
    long seconds = in.readLong();
    long nanos = readNumber(in);
    long count = readNumber(in);
    if (count > MAX_XATTRS || nanos > 999_999_999 || mode > 07777) {
      throw new ContentException("the index is damaged: attributes out of range");
    }
    Map<String, byte[]> xattrs = new HashMap<>();
    for (long i = 0; i < count; i++) {
      xattrs.put(readText(in), readBytes(in, 1 << 20));
    }
    try {
      return new Attributes((int) mode, uid, gid, seconds, (int) nanos, Xattrs.of(xattrs));
    } catch (IllegalArgumentException e) {
      throw new ContentException("the index is damaged: " + e.getMessage(), e);
    }
  }

  private static void writeBody(DataOutput out, Node.Body body) throws IOException {
    out.writeByte(body.type().flag());
    switch (body) {
      case Node.Body.Directory() -> {}
      case Node.Body.File(var size, var digest, var place, var group) -> {
        writeNumber(out, size);
        writeDigest(out, digest);
        writeNumber(out, place.source());
        writeNumber(out, place.offset());
        writeNumber(out, group);
      }
      case Node.Body.Symlink(var target) -> writeText(out, target);
      case Node.Body.HardLink(var target) -> writeText(out, target);
      case Node.Body.Special(_, var major, var minor) -> {
        writeNumber(out, major);
        writeNumber(out, minor);
      }
    }
  }

  private static Node.Body readBody(DataInput in) throws IOException {
    int flag = in.readUnsignedByte();
    var type =
        FileType.ofFlag((char) flag)
            .orElseThrow(() -> new ContentException("the index is damaged: unknown type " + flag));
    return switch (type) {
      case DIRECTORY -> Node.DIRECTORY;
      case FILE -> {
        long size = readNumber(in);
        Digest digest = readDigest(in);
        var place = new Node.Place(readInt(in), readNumber(in));
        yield new Node.Body.File(size, digest, place, readInt(in));
      }
      case SYMLINK -> new Node.Body.Symlink(readText(in));
      case HARDLINK -> new Node.Body.HardLink(readText(in));
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO ->
          new Node.Body.Special(type, readInt(in), readInt(in));
    };
  }

  private static int readInt(DataInput in) throws IOException {
    long number = readNumber(in);
    if (number > Integer.MAX_VALUE) {
      throw new ContentException("the index is damaged: a number is too large");
    }
    return (int) number;
  }
}
