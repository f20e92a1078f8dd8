package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new file beside the blobs, renamed into place by its digest. */
final class LocalBlobWriter extends BlobWriter {

  private static final int BUFFER = 1 << 16;

  private final BlobFiles files;
  private final Path file;
  private final FileChannel channel;
  private final Digest.Hasher hasher = Digest.newHasher();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private boolean ended;

  LocalBlobWriter(BlobFiles files, Path file) throws IOException {
    this.files = files;
    this.file = file;
    this.channel = BlobFiles.create(file);
  }

  @Override
  public long size() {
    return hasher.size();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    hasher.update(bytes, offset, length);
    if (length > buffer.remaining()) {
      flush();
    }
    if (length >= BUFFER) {
      writeAll(ByteBuffer.wrap(bytes, offset, length));
    } else {
      buffer.put(bytes, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    writeAll(buffer.flip());
    buffer.clear();
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public Blob commit() throws IOException {
    var blob = new Blob(hasher.finish(), hasher.size());
    publish(blob);
    return blob;
  }

  @Override
  public Blob commit(Digest expected, long size) throws IOException {
    if (size >= 0 && size != hasher.size()) {
      throw new DigestMismatchException("the size of " + expected, size, hasher.size());
    }
    var found = new Blob(hasher.finish(), hasher.size());
    if (expected.algorithm() == Digest.Algorithm.SHA256) {
      check(expected, found.digest());
      publish(found);
      return found;
    }
    flush();
    var other = expected.algorithm().newHasher();
    LocalUpload.hash(channel, other);
    check(expected, other.finish());
    var blob = new Blob(expected, found.size());
    publish(blob);
    return blob;
  }

  private static void check(Digest expected, Digest found) throws DigestMismatchException {
    if (!expected.equals(found)) {
      throw new DigestMismatchException("a blob", expected, found);
    }
  }

  private void publish(Blob blob) throws IOException {
    if (ended) {
      throw new IllegalStateException("this blob is committed already");
    }
    flush();
    channel.force(true);
    ended = true;
    channel.close();
    files.publish(file, blob.digest());
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      channel.close();
      Files.deleteIfExists(file);
    }
  }
}
