package dev.cairn.content.pack;

import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A build context as it is kept: read by path, straight from the pack's parts. It holds the parts
 * open until it is closed.
 */
public final class ContextPack implements FileTree {

  private static final int BUFFER = 1 << 16;

  private final Digest id;
  private final PackIndex index;
  private final BlobStore store;
  private final Map<Integer, SeekableByteChannel> open = new HashMap<>();
  private boolean closed;

  ContextPack(Digest id, PackIndex index, BlobStore store) {
    this.id = id;
    this.index = index;
    this.store = store;
  }

  /** The digest of the stored index; the pack is opened by it again. */
  public Digest id() {
    return id;
  }

  /** The tree and the parts, which together with {@link #id} keep the pack alive. */
  public PackIndex index() {
    return index;
  }

  @Override
  public Optional<Node> lookup(String path) {
    return index.nodes().lookup(path);
  }

  @Override
  public List<Node> children(String path) {
    return index.nodes().children(path);
  }

  @Override
  public Iterable<Node> walk(String path) {
    return index.nodes().walk(path);
  }

  @Override
  public InputStream open(Node node) throws IOException {
    var file = file(node);
    return file.size() == 0
        ? InputStream.nullInputStream()
        : new PartInputStream(this, file.place(), file.size());
  }

  @Override
  public void transfer(Node node, OutputStream to) throws IOException {
    var file = file(node);
    byte[] bytes = new byte[(int) Math.min(BUFFER, file.size())];
    for (long at = 0; at < file.size(); ) {
      int count = read(file.place(), at, bytes, 0, (int) Math.min(bytes.length, file.size() - at));
      to.write(bytes, 0, count);
      at += count;
    }
  }

  /** Reads at a distance from the place; at least one byte. */
  int read(Node.Place place, long distance, byte[] bytes, int offset, int length)
      throws IOException {
    var channel = part(place.source());
    var buffer = ByteBuffer.wrap(bytes, offset, length);
    int count;
    if (channel instanceof FileChannel file) {
      count = file.read(buffer, place.offset() + distance);
    } else {
      synchronized (channel) {
        count = channel.position(place.offset() + distance).read(buffer);
      }
    }
    if (count <= 0) {
      throw new ContentException("part " + index.parts().get(place.source()) + " is too short");
    }
    return count;
  }

  private synchronized SeekableByteChannel part(int number) throws IOException {
    if (closed) {
      throw new IOException("the pack is closed");
    }
    var channel = open.get(number);
    if (channel == null) {
      channel = store.channel(index.parts().get(number));
      open.put(number, channel);
    }
    return channel;
  }

  private static Node.Body.File file(Node node) throws ContentException {
    if (node.body() instanceof Node.Body.File file) {
      return file;
    }
    throw new ContentException("/" + node.path() + " is a " + node.type().label());
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (var channel : open.values()) {
      channel.close();
    }
    open.clear();
  }
}
