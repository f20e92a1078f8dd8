package dev.cairn.server;

import dev.cairn.content.Attributes;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Bodies as the official clients send them. */
public final class Multipart {
  /** The Content-Type of {@link #bytes}. */
  public static final String TYPE = "multipart/form-data; boundary=----cairn-test-boundary";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds a text field. */
  public Multipart field(String name, String value) {
    return part("Content-Disposition: form-data; name=\"" + name + "\"", utf8(value));
  }

  /** Adds a file. */
  public Multipart file(String name, byte[] content) {
    return part(
        "Content-Disposition: form-data; name=\""
            + name
            + "\"; filename=\"a.tgz\"\r\nContent-Type: application/octet-stream",
        content);
  }

  private Multipart part(String headers, byte[] content) {
    out.writeBytes(utf8("------cairn-test-boundary\r\n" + headers + "\r\n\r\n"));
    out.writeBytes(content);
    out.writeBytes(utf8("\r\n"));
    return this;
  }

  /** The whole body. */
  public byte[] bytes() {
    var all = new ByteArrayOutputStream();
    all.writeBytes(out.toByteArray());
    all.writeBytes(utf8("------cairn-test-boundary--\r\n"));
    return all.toByteArray();
  }

  /** A gzip tar of these files. */
  public static byte[] tgz(Map<String, String> files) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      var tar = new TarWriter(TarSink.of(gzip), false);
      for (var file : files.entrySet()) {
        byte[] content = utf8(file.getValue());
        tar.add(
            TarEntry.file(file.getKey(), Attributes.of(0644), content.length),
            new ByteArrayInputStream(content));
      }
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
