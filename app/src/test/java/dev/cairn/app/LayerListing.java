package dev.cairn.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * What a layer's tar holds, times aside, read as a stream with other people's code.
 *
 * @param diffId digest of the tar
 * @param entries in the order of the tar
 */
record LayerListing(String diffId, List<Entry> entries) {
  private static final int TEXT = 200;

  /**
   * One member.
   *
   * @param path without slashes at its ends
   * @param attributes mode and owner
   * @param kind such as {@code file} or {@code char 1:3}
   * @param content of a file, or a link's target
   * @param extended attributes, by name, as their digests
   */
  record Entry(String path, String attributes, String kind, String content, String extended) {
    boolean isHardLink() {
      return kind.equals("hard link");
    }

    boolean isDirectory() {
      return kind.equals("directory");
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    String parent() {
      return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
  }

  /** Reads a gzip file to its end; the stream stays open. */
  static LayerListing read(InputStream compressed) throws IOException {
    MessageDigest digest = sha256();
    List<Entry> entries = new ArrayList<>();
    var plain =
        new BufferedInputStream(
            new DigestInputStream(new GZIPInputStream(compressed, 1 << 16), digest), 1 << 16);
    var tar = new TarArchiveInputStream(plain);
    for (TarArchiveEntry each = tar.getNextEntry(); each != null; each = tar.getNextEntry()) {
      String path = trimmed(each.getName());
      if (!path.isEmpty()) {
        entries.add(entry(path, tar, each));
      }
    }
    plain.transferTo(OutputStream.nullOutputStream());
    return new LayerListing("sha256:" + HexFormat.of().formatHex(digest.digest()), entries);
  }

  private static String trimmed(String name) {
    String path = name.replaceAll("^(\\./|/)+|/+$", "");
    return path.equals(".") ? "" : path;
  }

  private static Entry entry(String path, TarArchiveInputStream tar, TarArchiveEntry entry)
      throws IOException {
    String attributes =
        Integer.toOctalString(entry.getMode() & 07777)
            + " "
            + entry.getLongUserId()
            + ":"
            + entry.getLongGroupId();
    var extended = new TreeMap<String, String>();
    entry
        .getExtraPaxHeaders()
        .forEach((key, value) -> {
          if (key.startsWith("SCHILY.xattr.")) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            extended.put(
                key.substring(13),
                bytes.length + ":" + HexFormat.of().formatHex(sha256().digest(bytes), 0, 4));
          }
        });
    String content = "";
    String kind;
    if (entry.isLink()) {
      kind = "hard link";
      content = trimmed(entry.getLinkName());
    } else if (entry.isDirectory()) {
      kind = "directory";
    } else if (entry.isSymbolicLink()) {
      kind = "symlink";
      content = "-> " + entry.getLinkName();
    } else if (entry.isFIFO()) {
      kind = "fifo";
    } else if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      kind =
          (entry.isCharacterDevice() ? "char " : "block ")
              + entry.getDevMajor()
              + ":"
              + entry.getDevMinor();
    } else {
      kind = "file";
      content = content(tar, entry.getSize());
    }
    return new Entry(path, attributes, kind, content, extended.isEmpty() ? "" : "" + extended);
  }

  /** Short text in full, so that a difference can be read; all else by its size and digest. */
  private static String content(InputStream in, long size) throws IOException {
    MessageDigest digest = sha256();
    byte[] head = in.readNBytes(TEXT);
    digest.update(head);
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    String text = new String(head, StandardCharsets.UTF_8);
    if (size < TEXT && text.chars().allMatch(c -> c == 10 || (c >= 32 && c < 127))) {
      return size + " \"" + text.replace("\n", "\\n") + "\"";
    }
    return size + " " + HexFormat.of().formatHex(digest.digest(), 0, 10);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
