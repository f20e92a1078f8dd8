package dev.cairn.app;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** Archives of one enormous file, made while they are read. */
final class LargeBodies {
  private static final int BLOCK = 1 << 20;

  private LargeBodies() {}

  /** A tar that does not shrink: gzip of noise. */
  static InputStream noise(long bytes) throws IOException {
    byte[] block = new byte[BLOCK];
    new Random(1).nextBytes(block);
    return repeated(gzip(header(bytes)), gzip(block), bytes / BLOCK);
  }

  /** A plain tar. */
  static InputStream plain(long bytes) throws IOException {
    byte[] block = new byte[BLOCK];
    new Random(2).nextBytes(block);
    return repeated(header(bytes), block, bytes / BLOCK);
  }

  /** Zeros below gzip, about a thousandth of their size. */
  static InputStream gzipBomb(long bytes) throws IOException {
    return repeated(gzip(header(bytes)), gzip(new byte[BLOCK]), bytes / BLOCK);
  }

  /** Zeros below zstd: hundred gigabytes in a few megabytes. */
  static InputStream zstdBomb(long bytes) throws IOException {
    return repeated(
        Zstd.compress(header(bytes), 3), Zstd.compress(new byte[BLOCK], 3), bytes / BLOCK);
  }

  /** A form with the source in it, as the official client sends it. */
  static InputStream form(String boundary, InputStream source) {
    String head =
        "--"
            + boundary
            + "\r\nContent-Disposition: form-data; name=\"source\"; filename=\"s.tgz\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n";
    return new SequenceInputStream(
        new SequenceInputStream(bytes(head), source), bytes("\r\n--" + boundary + "--\r\n"));
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  // SequenceInputStream takes nothing but an Enumeration.
  @SuppressWarnings("JdkObsolete")
  private static InputStream repeated(byte[] first, byte[] then, long times) {
    return new SequenceInputStream(
        new Enumeration<>() {
          private long next;

          @Override
          public boolean hasMoreElements() {
            return next <= times;
          }

          @Override
          public InputStream nextElement() {
            return new ByteArrayInputStream(next++ == 0 ? first : then);
          }
        });
  }

  private static byte[] header(long bytes) {
    var entry = new TarArchiveEntry("large");
    entry.setSize(bytes);
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    return header;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
