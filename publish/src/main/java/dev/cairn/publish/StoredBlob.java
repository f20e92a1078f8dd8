package dev.cairn.publish;

import dev.cairn.build.PushListener;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.registry.BlobSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;

/** A blob of the store that is sent, with progress told every few megabytes. */
final class StoredBlob implements BlobSource {
  private static final long STEP = 4 << 20;

  private final BlobStore store;
  private final Descriptor blob;
  private final PushListener listener;

  StoredBlob(BlobStore store, Descriptor blob, PushListener listener) {
    this.store = store;
    this.blob = blob;
    this.listener = listener;
  }

  @Override
  public InputStream open(long offset) throws IOException {
    SeekableByteChannel channel = store.channel(blob.digest());
    try {
      channel.position(offset);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Counted(Channels.newInputStream(channel), offset);
  }

  private final class Counted extends FilterInputStream {
    private long at;
    private long told;

    Counted(InputStream in, long offset) {
      super(in);
      this.at = offset;
      this.told = offset;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      count(Math.max(n, 0));
      return n;
    }

    private void count(int n) {
      at += n;
      if (at - told >= STEP) {
        told = at;
        listener.moving(blob, at);
      }
    }
  }
}
