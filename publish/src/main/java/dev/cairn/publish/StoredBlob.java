package dev.cairn.publish;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildSink;
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
  private static final long STEP = 8 << 20;

  private final BlobStore store;
  private final Descriptor blob;
  private final BuildSink sink;

  StoredBlob(BlobStore store, Descriptor blob, BuildSink sink) {
    this.store = store;
    this.blob = blob;
    this.sink = sink;
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

  /** It is there, whether it had to be sent or not. */
  void done() {
    tell(blob.size());
  }

  private void tell(long sent) {
    sink.event(new BuildEvent.Progress(0, "pushing " + blob.digest(), sent, blob.size()));
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
        tell(at);
      }
    }
  }
}
