package dev.cairn.engine.layer;

import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.blob.Blob;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.content.compress.SegmentTable;
import dev.cairn.content.layer.LayerIndex;
import dev.cairn.content.layer.LayerReader;
import dev.cairn.content.layer.LayerSettings;
import dev.cairn.content.layer.LayerSink;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.layer.MergedView;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Layers with their indexes: written, stored, read, and merged into views. Indexes are blobs of
 * their own, found through a record's layer, and kept in memory while they are used.
 */
public final class LayerStore {
  private static final int MOST_SEGMENTS = 1 << 20;

  private final BlobStore blobs;
  private final CompressionPool pool;
  private final Function<TenantId, SegmentCache> segments;
  private final LayerReader reader;
  private final Recent<Digest, dev.cairn.content.layer.Layer> indexes = new Recent<>(256);
  private final Recent<List<Digest>, MergedView> views = new Recent<>(64);

  /** Writes the entries of a layer. */
  @FunctionalInterface
  public interface Filling {
    /** Adds all entries. */
    void fill(LayerWriter writer) throws IOException;
  }

  /** Layers kept in this store, compressed by that pool. */
  public LayerStore(
      BlobStore blobs, CompressionPool pool, Function<TenantId, SegmentCache> segments) {
    this.blobs = blobs;
    this.pool = pool;
    this.segments = segments;
    this.reader = new LayerReader(blobs, ArchiveLimits.DEFAULT);
  }

  /** Where the bytes are. */
  public BlobStore blobs() {
    return blobs;
  }

  /** Writes a layer that a tenant's build makes. */
  public Layer write(TenantId tenant, CompressorId compressor, Instant created, Filling filling)
      throws IOException {
    var settings = new LayerSettings(compressor, pool, segments.apply(tenant), false);
    try (var writer = new LayerWriter(blobs, settings)) {
      filling.fill(writer);
      return kept(writer.finish()).withCreated(Optional.of(created));
    }
  }

  /**
   * Stores a layer that arrives.
   *
   * @throws IOException if its bytes or its tar are not those promised
   */
  public Layer store(InputStream in, Descriptor blob, Digest diffId) throws IOException {
    return kept(reader.store(in, blob, Optional.of(diffId), LayerSink.NONE));
  }

  /** Makes the index of a layer that is stored already. */
  public Layer read(Digest blob, Digest diffId) throws IOException {
    return kept(reader.read(blob, Optional.of(diffId), LayerSink.NONE));
  }

  /** Reads a stored layer entry by entry. */
  public void replay(Layer layer, LayerSink sink) throws IOException {
    reader.read(layer.blob().digest(), Optional.of(layer.diffId()), sink);
  }

  /** The merged view of a chain. */
  public MergedView view(List<Layer> chain) throws IOException {
    var names = chain.stream().map(Layer::index).toList();
    Optional<MergedView> known = views.get(names);
    if (known.isPresent()) {
      return known.get();
    }
    MergedView view =
        chain.isEmpty()
            ? MergedView.empty(blobs)
            : view(chain.subList(0, chain.size() - 1)).over(content(chain.getLast()));
    views.put(names, view);
    return view;
  }

  /** The layer with its index, from memory or from the store. */
  public dev.cairn.content.layer.Layer content(Layer layer) throws IOException {
    Optional<dev.cairn.content.layer.Layer> known = indexes.get(layer.index());
    if (known.isPresent()) {
      return known.get();
    }
    try (var in = new DataInputStream(new BufferedInputStream(blobs.open(layer.index())))) {
      Compression compression = Compression.valueOf(in.readUTF());
      long size = in.readLong();
      int count = in.readInt();
      if (count < 0 || count > MOST_SEGMENTS) {
        throw new ContentException("the layer index " + layer.index() + " is damaged");
      }
      var starts = new ArrayList<SegmentTable.Start>(count);
      for (int i = 0; i < count; i++) {
        starts.add(new SegmentTable.Start(in.readLong(), in.readLong()));
      }
      var read =
          new dev.cairn.content.layer.Layer(
              new Blob(layer.blob().digest(), layer.blob().size()),
              compression,
              layer.diffId(),
              size,
              new SegmentTable(starts),
              LayerIndex.read(in, ArchiveLimits.DEFAULT));
      indexes.put(layer.index(), read);
      return read;
    }
  }

  private Layer kept(dev.cairn.content.layer.Layer layer) throws IOException {
    Blob index;
    try (var writer = blobs.writer()) {
      var out = new DataOutputStream(writer);
      out.writeUTF(layer.compression().name());
      out.writeLong(layer.uncompressedSize());
      out.writeInt(layer.segments().starts().size());
      for (SegmentTable.Start start : layer.segments().starts()) {
        out.writeLong(start.tarOffset());
        out.writeLong(start.blobOffset());
      }
      out.flush();
      layer.index().write(new Unclosed(writer));
      index = writer.commit();
    }
    indexes.put(index.digest(), layer);
    return new Layer(
        layer.diffId(),
        layer.descriptor(),
        index.digest(),
        layer.index().isSelfContained(),
        Optional.empty(),
        Optional.empty());
  }

  /** The index closes what it writes to; the blob is committed after that. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(java.io.OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
