package dev.cairn.service.context;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.Xattrs;
import dev.cairn.content.pack.ContextManifest;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import dev.cairn.service.ServiceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The manifest of a context as it travels: blocks of JSON lines. */
final class ManifestBlocks {
  /** Bytes that a block may have. */
  static final long MOST_BYTES = 1L << 20;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ManifestBlocks() {}

  /** One line. */
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  record Line(
      String path,
      String type,
      int mode,
      long size,
      Optional<String> digest,
      Optional<String> link,
      long mtime) {}

  /**
   * Reads a block.
   *
   * @param most entries that may still come
   * @throws ServiceException of kind {@code INVALID} naming block and line
   */
  static void read(InputStream in, Digest block, List<ContextManifest.Entry> entries, long most)
      throws IOException {
    try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (entries.size() >= most) {
          throw ServiceException.of(
              ServiceException.Kind.TOO_LARGE,
              "context-too-large",
              "the context has more than " + most + " entries",
              "exclude files by a .dockerignore");
        }
        try {
          entries.add(entry(MAPPER.readValue(line, Line.class)));
        } catch (JacksonException | IllegalArgumentException e) {
          throw ServiceException.invalid(
              "block-invalid",
              "blocks: line " + number + " of " + block + " is no entry of a manifest",
              "write one JSON object per line");
        }
      }
    }
  }

  private static ContextManifest.Entry entry(Line line) {
    FileType type = FileType.valueOf(line.type().toUpperCase(Locale.ROOT));
    if (type != FileType.FILE && type != FileType.DIRECTORY && type != FileType.SYMLINK) {
      throw new IllegalArgumentException("type");
    }
    var attributes = new Attributes(line.mode(), 0, 0, line.mtime(), 0, Xattrs.NONE);
    var entry =
        new TarEntry(
            line.path(), type, attributes, line.size(), line.link().orElse(""), Device.NONE);
    return new ContextManifest.Entry(entry, line.digest().map(Digest::parse));
  }
}
