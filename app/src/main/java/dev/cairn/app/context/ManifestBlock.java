package dev.cairn.app.context;

import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * A piece of a context's manifest: one line of JSON per entry.
 *
 * <p>Blocks are cut behind entries whose path says so, not by counting, so an added file changes
 * the block it is in and no other.
 *
 * @param digest of the bytes
 * @param lines its text
 */
record ManifestBlock(Digest digest, String lines) {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final int LEAST = 48;
  private static final int MOST = 112;
  private static final int CUT = 31;

  /**
   * The manifest of the entries.
   *
   * @param digests of the files' contents, by path
   */
  static List<ManifestBlock> of(List<TarEntry> entries, Map<String, Digest> digests) {
    List<ManifestBlock> blocks = new ArrayList<>();
    var lines = new StringBuilder();
    int count = 0;
    for (TarEntry entry : entries) {
      lines.append(line(entry, digests)).append('\n');
      count++;
      if (count == MOST || (count >= LEAST && (spread(entry.path()) & CUT) == 0)) {
        blocks.add(block(lines));
        lines.setLength(0);
        count = 0;
      }
    }
    if (count > 0) {
      blocks.add(block(lines));
    }
    return blocks;
  }

  byte[] bytes() {
    return lines.getBytes(StandardCharsets.UTF_8);
  }

  private static int spread(String path) {
    int hash = path.hashCode() * 0x9E3779B9;
    return hash ^ hash >>> 15;
  }

  private static ManifestBlock block(StringBuilder lines) {
    String text = lines.toString();
    return new ManifestBlock(Digest.sha256(text.getBytes(StandardCharsets.UTF_8)), text);
  }

  private static String line(TarEntry entry, Map<String, Digest> digests) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", entry.path());
    line.put("type", entry.type().name().toLowerCase(Locale.ROOT));
    line.put("mode", entry.attributes().mode());
    line.put("size", entry.size());
    line.put("mtime", entry.attributes().mtimeSeconds());
    if (entry.type() == FileType.FILE) {
      line.put("digest", String.valueOf(digests.get(entry.path())));
    } else if (entry.type() == FileType.SYMLINK) {
      line.put("link", entry.link());
    }
    return JSON.writeValueAsString(line);
  }
}
