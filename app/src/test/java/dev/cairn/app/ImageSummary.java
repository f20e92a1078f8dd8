package dev.cairn.app;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that one sees of an image, times aside, as lines of text that can be kept and compared: its
 * config, its history, and every file of the merged tree with type, mode, owner, size, content,
 * link, hard links and extended attributes. Reads with other people's code, so that it can judge
 * ours.
 */
final class ImageSummary {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private final Map<String, byte[]> blobs = new HashMap<>();
  private final NavigableMap<String, Entry> files = new TreeMap<>();

  private record Entry(String line, String hardLinkTo) {}

  private ImageSummary() {}

  /** Of the only image in an OCI layout that was packed with tar. */
  static String ofOciArchive(Path archive) throws IOException {
    var summary = new ImageSummary();
    summary.read(archive);
    return summary.describe();
  }

  private void read(Path archive) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          blobs.put(entry.getName().replaceFirst("^\\./", ""), tar.readAllBytes());
        }
      }
    }
  }

  private byte[] blob(String digest) {
    byte[] bytes = blobs.get("blobs/" + digest.replace(':', '/'));
    if (bytes == null) {
      throw new AssertionError("the archive lacks " + digest);
    }
    if (!("sha256:" + sha256(bytes)).equals(digest)) {
      throw new AssertionError("the content of " + digest + " has another digest");
    }
    return bytes;
  }

  private String describe() throws IOException {
    byte[] index = blobs.get("index.json");
    if (index == null || !blobs.containsKey("oci-layout")) {
      throw new AssertionError("not an OCI layout: " + blobs.keySet());
    }
    JsonNode descriptor = JSON.readTree(index).get("manifests").get(0);
    JsonNode manifest = JSON.readTree(blob(descriptor.get("digest").asString()));
    while (manifest.has("manifests")) {
      manifest = JSON.readTree(blob(manifest.get("manifests").get(0).get("digest").asString()));
    }
    JsonNode config = JSON.readTree(blob(manifest.get("config").get("digest").asString()));
    List<String> lines = new ArrayList<>();
    JsonNode diffIds = config.path("rootfs").path("diff_ids");
    describeConfig((ObjectNode) config, lines);
    JsonNode layers = manifest.path("layers");
    lines.add("layers " + layers.size() + " diff-ids " + diffIds.size());
    for (int i = 0; i < layers.size(); i++) {
      apply(layers.get(i), diffIds.get(i).asString());
    }
    files.forEach((path, entry) -> lines.add("file " + path + " " + entry.line()));
    describeHardLinks(lines);
    return String.join("\n", lines) + "\n";
  }

  /** History and config, without what holds times and digests. */
  static void describeConfig(ObjectNode config, List<String> lines) {
    int step = 0;
    for (JsonNode entry : config.path("history")) {
      step++;
      lines.add(
          "history "
              + step
              + " "
              + entry.path("created_by").asString("-")
              + " | "
              + entry.path("comment").asString("-")
              + (entry.path("empty_layer").asBoolean(false) ? " | empty" : ""));
    }
    config.remove(List.of("created", "history", "rootfs"));
    sorted("", config, lines);
  }

  private static void sorted(String path, JsonNode node, List<String> lines) {
    if (node.isObject()) {
      if (node.isEmpty()) {
        lines.add("config " + path + " {}");
      }
      node.properties().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(each -> sorted(path + "." + each.getKey(), each.getValue(), lines));
    } else if (node.isArray()) {
      lines.add("config " + path + " " + node);
    } else if (!node.isNull()) {
      lines.add("config " + path + " " + node);
    }
  }

  private void apply(JsonNode layer, String diffId) throws IOException {
    byte[] bytes = blob(layer.get("digest").asString());
    byte[] plain;
    try (InputStream in =
        layer.get("mediaType").asString().endsWith("gzip")
            ? new GZIPInputStream(new ByteArrayInputStream(bytes))
            : new ByteArrayInputStream(bytes)) {
      plain = in.readAllBytes();
    }
    if (!("sha256:" + sha256(plain)).equals(diffId)) {
      throw new AssertionError("a layer's content is not what its diff id says");
    }
    List<String> ownPaths = new ArrayList<>();
    try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(plain))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        apply(tar, entry, ownPaths);
      }
    }
  }

  private void apply(TarArchiveInputStream tar, TarArchiveEntry entry, List<String> ownPaths)
      throws IOException {
    String path = entry.getName().replaceAll("^(\\./|/)+|/+$", "");
    if (path.isEmpty() || path.equals(".")) {
      return;
    }
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    String parent = slash < 0 ? "" : path.substring(0, slash);
    if (name.equals(".wh..wh..opq")) {
      removeBelow(parent, ownPaths);
    } else if (name.startsWith(".wh.")) {
      String gone = (parent.isEmpty() ? "" : parent + "/") + name.substring(4);
      files.remove(gone);
      removeBelow(gone, List.of());
    } else {
      if (!entry.isDirectory()) {
        removeBelow(path, List.of());
      }
      files.put(path, describe(tar, entry));
      ownPaths.add(path);
    }
  }

  private void removeBelow(String path, List<String> kept) {
    String prefix = path.isEmpty() ? "" : path + "/";
    files.keySet().removeIf(each -> each.startsWith(prefix) && !kept.contains(each));
  }

  private Entry describe(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    String owner =
        Integer.toOctalString(entry.getMode() & 07777)
            + " "
            + entry.getLongUserId()
            + ":"
            + entry.getLongGroupId();
    var attributes = new TreeMap<String, String>();
    entry
        .getExtraPaxHeaders()
        .forEach((key, value) -> {
          if (key.startsWith("SCHILY.xattr.")) {
            attributes.put(key.substring(13), sha256(value.getBytes(StandardCharsets.UTF_8)));
          }
        });
    String more = attributes.isEmpty() ? "" : " xattrs " + attributes;
    if (entry.isLink()) {
      String target = entry.getLinkName().replaceAll("^(\\./|/)+", "");
      Entry first = files.get(target);
      return new Entry(first == null ? "dangling hard link" : first.line(), target);
    }
    String what;
    if (entry.isDirectory()) {
      what = "directory";
    } else if (entry.isSymbolicLink()) {
      what = "symlink -> " + entry.getLinkName();
    } else if (entry.isFIFO()) {
      what = "fifo";
    } else if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      what =
          (entry.isCharacterDevice() ? "char " : "block ")
              + entry.getDevMajor()
              + ":"
              + entry.getDevMinor();
    } else {
      byte[] content = tar.readAllBytes();
      what = entry.getName().endsWith("bin/busybox") ? "busybox" : "file " + shown(content);
    }
    return new Entry(owner + " " + what + more, "");
  }

  /** Short text in full, so that a difference can be read; all else by its digest. */
  private static String shown(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    boolean plain = content.length <= 300 && text.chars().allMatch(c -> c == 10 || c >= 32);
    return content.length + " " + (plain ? JSON.writeValueAsString(text) : sha256(content));
  }

  private void describeHardLinks(List<String> lines) {
    files.forEach((path, entry) -> {
      if (!entry.hardLinkTo().isEmpty()) {
        List<String> pair = new ArrayList<>(List.of(path, entry.hardLinkTo()));
        pair.sort(null);
        lines.add("same " + pair);
      }
    });
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
