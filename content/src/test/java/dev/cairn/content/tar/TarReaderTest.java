package dev.cairn.content.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileType;
import dev.cairn.content.LimitExceededException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

class TarReaderTest {

  static List<TarEntry> read(byte[] tar) throws IOException {
    return read(tar, ArchiveLimits.DEFAULT);
  }

  static List<TarEntry> read(byte[] tar, ArchiveLimits limits) throws IOException {
    var reader = new TarReader(new ByteArrayInputStream(tar), limits);
    var entries = new ArrayList<TarEntry>();
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      entries.add(next.get());
    }
    reader.drain();
    return entries;
  }

  private static byte[] byCommonsCompress(
      int longFile, int bigNumber, TarArchiveEntry entry, byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(longFile);
      out.setBigNumberMode(bigNumber);
      out.setAddPaxHeadersForNonAsciiNames(longFile == TarArchiveOutputStream.LONGFILE_POSIX);
      entry.setSize(content.length);
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] plain(String name) throws IOException {
    return TarWriterTest.tar(false, TarEntry.file(name, Attributes.of(0644), 0));
  }

  /** Changes a field of the first header and mends the checksum. */
  private static byte[] patched(byte[] tar, int offset, byte... bytes) {
    byte[] copy = tar.clone();
    System.arraycopy(bytes, 0, copy, offset, bytes.length);
    var sum = String.format("%06o\0 ", TarFormat.checksum(copy, 0));
    System.arraycopy(sum.getBytes(StandardCharsets.US_ASCII), 0, copy, TarFormat.CHECKSUM, 8);
    return copy;
  }

  @Test
  void readsGnuLongNamesAndBinaryNumbers() throws IOException {
    String name = "ö/".repeat(120) + "file";
    var entry = new TarArchiveEntry(name);
    entry.setUserId(4_000_000_000L);
    entry.setModTime(java.nio.file.attribute.FileTime.fromMillis(-5000));
    var read =
        read(
            byCommonsCompress(
                TarArchiveOutputStream.LONGFILE_GNU,
                TarArchiveOutputStream.BIGNUMBER_STAR,
                entry,
                new byte[10]));
    assertThat(read).hasSize(1);
    assertThat(read.get(0).path()).isEqualTo(name);
    assertThat(read.get(0).size()).isEqualTo(10);
    assertThat(read.get(0).attributes().uid()).isEqualTo(4_000_000_000L);
    assertThat(read.get(0).attributes().mtimeSeconds()).isEqualTo(-5);
  }

  @Test
  void readsPaxNamesAndNumbers() throws IOException {
    String name = "ö/".repeat(120) + "file";
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName("z".repeat(400));
    entry.setGroupId(4_000_000_000L);
    var read =
        read(
            byCommonsCompress(
                TarArchiveOutputStream.LONGFILE_POSIX,
                TarArchiveOutputStream.BIGNUMBER_POSIX,
                entry,
                new byte[0]));
    assertThat(read.get(0).path()).isEqualTo(name);
    assertThat(read.get(0).link()).hasSize(400);
    assertThat(read.get(0).attributes().gid()).isEqualTo(4_000_000_000L);
  }

  @Test
  void keepsGlobalRecordsUntilTheyAreReplaced() throws IOException {
    byte[] global = paxHeader('g', "13 mtime=100\n", "8 uid=5\n");
    byte[] local = paxHeader('x', "8 uid=6\n");
    byte[] a = Arrays.copyOf(plain("a"), 512);
    byte[] b = Arrays.copyOf(plain("b"), 512);
    var read = read(concat(global, a, local, b, new byte[1024]));
    assertThat(read).extracting(e -> e.attributes().uid()).containsExactly(5L, 6L);
    assertThat(read).extracting(e -> e.attributes().mtimeSeconds()).containsOnly(100L);
  }

  @Test
  void readsOldArchivesWithoutMagic() throws IOException {
    byte[] old = patched(plain("dir/"), TarFormat.MAGIC, new byte[8]);
    old = patched(old, TarFormat.TYPE, (byte) 0);
    assertThat(read(old).get(0).type()).isEqualTo(FileType.DIRECTORY);
    assertThat(read(old).get(0).path()).isEqualTo("dir");
  }

  @Test
  void acceptsAMissingEndAndIgnoresWhatFollowsTheEnd() throws IOException {
    byte[] tar = plain("a");
    assertThat(read(Arrays.copyOf(tar, 512))).hasSize(1);
    assertThat(read(concat(tar, "garbage".getBytes(StandardCharsets.US_ASCII)))).hasSize(1);
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void refusesWhatIsMalformed() throws IOException {
    byte[] tar = plain("a");
    byte[] wrongSum = tar.clone();
    wrongSum[0]++;
    assertRefused(wrongSum, "checksum");
    assertRefused(Arrays.copyOf(tar, 300), "middle of a header");
    assertRefused(concat(new byte[512], tar), "empty block");
    assertRefused(patched(tar, TarFormat.TYPE, (byte) 'S'), "sparse");
    assertRefused(patched(tar, TarFormat.TYPE, (byte) 'V'), "not supported");
    assertRefused(patched(tar, TarFormat.TYPE, (byte) '?'), "unknown entry type");
    assertRefused(patched(tar, TarFormat.TYPE, (byte) '2'), "without a target");
    assertRefused(patched(tar, TarFormat.SIZE, (byte) '9'), "not an octal number");
    byte[] minusOne = new byte[12];
    Arrays.fill(minusOne, (byte) 0xFF);
    assertRefused(patched(tar, TarFormat.SIZE, minusOne), "negative");
    assertRefused(patched(tar, TarFormat.SIZE, (byte) 0x80, (byte) 1), "too large a number");
    assertRefused(patched(tar, TarFormat.NAME, (byte) 0), "no name");
    assertRefused(paxHeader('x', "8 uid=6\n"), "without an entry");
    assertRefused(concat(paxHeader('x', "7 uid=6\n"), tar), "malformed record");
    assertRefused(concat(paxHeader('x', "999999999999 a=b\n"), tar), "longer than its header");
    assertRefused(concat(paxHeader('x', "12 path=a\0b\n"), tar), "NUL");
    assertRefused(concat(paxHeader('x', "11 size=-1\n"), tar), "negative");
    assertRefused(concat(paxHeader('x', "22 GNU.sparse.major=1\n"), tar), "sparse");
    assertRefused(concat(paxHeader('x', "13 mtime=1e9\n"), tar), "mtime");
  }

  @Test
  void neverTrustsASize() throws IOException {
    byte[] huge =
        patched(plain("a"), TarFormat.SIZE, "77777777777".getBytes(StandardCharsets.US_ASCII));
    assertRefused(huge, "missing");
    assertThatThrownBy(() ->
            read(
                patched(
                    paxHeader('x', "8 uid=6\n"),
                    TarFormat.SIZE,
                    "77777777777".getBytes(StandardCharsets.US_ASCII))))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("extended header");
  }

  @Test
  void stopsAtTheLimits() throws IOException {
    byte[] two =
        TarWriterTest.tar(
            false,
            TarEntry.file("a", Attributes.of(0644), 100_000),
            TarEntry.file("b".repeat(200), Attributes.of(0644), 0));
    var limits = ArchiveLimits.DEFAULT;
    assertThatThrownBy(() -> read(two, limits.withEntries(1)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("1 entries");
    assertThatThrownBy(() -> read(two, limits.withBytes(50_000)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("50000 bytes");
    assertThatThrownBy(() -> read(two, new ArchiveLimits(1 << 20, 10, 10, 150, 10)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("150 bytes in a path");
  }

  private static void assertRefused(byte[] tar, String message) {
    assertThatThrownBy(() -> read(tar))
        .isInstanceOf(ContentException.class)
        .hasMessageContaining(message);
  }

  static byte[] paxHeader(char type, String... records) throws IOException {
    byte[] content = String.join("", records).getBytes(StandardCharsets.ISO_8859_1);
    byte[] header = Arrays.copyOf(plain("pax"), 512);
    header =
        patched(
            header,
            TarFormat.SIZE,
            String.format("%011o", content.length).getBytes(StandardCharsets.US_ASCII));
    header = patched(header, TarFormat.TYPE, (byte) type);
    return concat(header, Arrays.copyOf(content, 512));
  }

  static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void namesThePlaceOfAnError() throws IOException {
    assertThatThrownBy(() -> read(patched(plain("a"), TarFormat.UID, (byte) 0xFF)))
        .isInstanceOfSatisfying(ArchiveException.class, e -> assertThat(e.place()).isEqualTo("a"));
  }
}
