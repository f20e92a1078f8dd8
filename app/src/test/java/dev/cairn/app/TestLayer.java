package dev.cairn.app;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar archive written entry by entry with nothing of this machine in it: no times, no names. */
final class TestLayer implements AutoCloseable {
  private final TarArchiveOutputStream tar;

  private TestLayer(OutputStream out) {
    tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  /** Writes to the file, compressed if its name ends in {@code gz}. */
  static TestLayer create(Path file) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
    return new TestLayer(file.toString().endsWith("gz") ? new GZIPOutputStream(out, 1 << 16) : out);
  }

  TestLayer directory(String path, int mode) throws IOException {
    return directory(path, mode, 0, 0);
  }

  TestLayer directory(String path, int mode, int user, int group) throws IOException {
    var entry = new TarArchiveEntry(path + "/");
    entry.setIds(user, group);
    return put(entry, mode, new byte[0]);
  }

  TestLayer file(String path, int mode, String text) throws IOException {
    return file(path, mode, 0, 0, text);
  }

  TestLayer file(String path, int mode, int user, int group, String text) throws IOException {
    var entry = new TarArchiveEntry(path);
    entry.setIds(user, group);
    return put(entry, mode, text.getBytes(StandardCharsets.UTF_8));
  }

  TestLayer file(String path, int mode, Path content) throws IOException {
    var entry = new TarArchiveEntry(path);
    entry.setIds(0, 0);
    entry.setMode(mode);
    entry.setModTime(0);
    entry.setSize(Files.size(content));
    tar.putArchiveEntry(entry);
    Files.copy(content, tar);
    tar.closeArchiveEntry();
    return this;
  }

  TestLayer symlink(String path, String target) throws IOException {
    var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return put(entry, 0777, new byte[0]);
  }

  /** A further name; whoever unpacks it may set the attributes again, so they are the file's. */
  TestLayer hardLink(String path, String target, int mode, int user, int group) throws IOException {
    var entry = new TarArchiveEntry(path, TarConstants.LF_LINK);
    entry.setLinkName(target);
    entry.setIds(user, group);
    return put(entry, mode, new byte[0]);
  }

  private TestLayer put(TarArchiveEntry entry, int mode, byte[] content) throws IOException {
    entry.setMode(mode);
    entry.setModTime(0);
    entry.setUserName("");
    entry.setGroupName("");
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
    return this;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
