package dev.cairn.content.blob;

import dev.cairn.content.LimitExceededException;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** An upload as a file that grows; its length is the offset, its bytes are the hash's state. */
final class LocalUpload implements Upload {

  private static final int BUFFER = 1 << 17;

  private final BlobFiles files;
  private final String id;
  private final Path file;
  private final FileChannel channel;
  private final Digest.Hasher hasher;

  LocalUpload(BlobFiles files, String id, Path file, FileChannel channel, Digest.Hasher hasher) {
    this.files = files;
    this.id = id;
    this.file = file;
    this.channel = channel;
    this.hasher = hasher;
  }

  static LocalUpload resume(BlobFiles files, String id, Path file, FileChannel channel)
      throws IOException {
    var hasher = Digest.newHasher();
    hash(channel, hasher);
    return new LocalUpload(files, id, file, channel, hasher);
  }

  /** Adds the whole file to the hash; afterwards the channel stands at its end. */
  static void hash(FileChannel channel, Digest.Hasher hasher) throws IOException {
    var buffer = ByteBuffer.allocate(BUFFER);
    channel.position(0);
    while (channel.read(buffer) >= 0) {
      hasher.update(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public long offset() {
    return hasher.size();
  }

  @Override
  public long append(InputStream in, long limit) throws IOException {
    byte[] bytes = new byte[BUFFER];
    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
      if (hasher.size() + count > limit) {
        throw new LimitExceededException("bytes in an upload", limit, "");
      }
      var buffer = ByteBuffer.wrap(bytes, 0, count);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      hasher.update(bytes, 0, count);
    }
    return hasher.size();
  }

  @Override
  public Blob commit(Digest expected) throws IOException {
    try (channel) {
      long size = hasher.size();
      Digest found = hasher.finish();
      if (expected.algorithm() != Digest.Algorithm.SHA256) {
        var other = expected.algorithm().newHasher();
        hash(channel, other);
        found = other.finish();
      }
      if (!found.equals(expected)) {
        Files.deleteIfExists(file);
        throw new DigestMismatchException("the uploaded blob", expected, found);
      }
      channel.force(true);
      files.publish(file, expected);
      return new Blob(expected, size);
    }
  }

  @Override
  public void cancel() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
