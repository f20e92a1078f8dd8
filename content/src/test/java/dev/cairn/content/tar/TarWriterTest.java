package dev.cairn.content.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.Xattrs;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class TarWriterTest {

  private static final Attributes PLAIN = Attributes.of(0644).withMtime(1_700_000_000, 0);

  static byte[] tar(boolean nanoseconds, TarEntry... entries) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(TarSink.of(out), nanoseconds);
    for (var entry : entries) {
      writer.add(entry, new ByteArrayInputStream(new byte[(int) entry.size()]));
    }
    writer.finish();
    return out.toByteArray();
  }

  private static List<TarArchiveEntry> byCommonsCompress(byte[] tar) throws IOException {
    var entries = new ArrayList<TarArchiveEntry>();
    try (var in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @Test
  void writesTheSameBytesForever() throws IOException {
    byte[] tar =
        tar(
            true,
            TarEntry.directory("", Attributes.of(0755)),
            TarEntry.directory("bin", Attributes.of(01777).withMtime(1, 500_000_000)),
            TarEntry.file("bin/ä", PLAIN.withOwner(3_000_000, 4), 3),
            TarEntry.symlink("bin/sh", PLAIN, "busybox"),
            TarEntry.hardLink("bin/ls", PLAIN, "bin/ä"),
            TarEntry.special(
                "null", FileType.CHARACTER_DEVICE, Attributes.of(0666), new Device(1, 3)));
    assertThat(Digest.sha256(tar).hex())
        .as("a change here changes every image: raise CompressorId's version")
        .isEqualTo("5c65bbbfbe022ca8fac97165668c25f65064a3314233a50b6a0d08d2b839946b");
  }

  @Test
  void writesAPlainHeaderAsPosixSays() throws IOException {
    byte[] tar = tar(false, TarEntry.file("a", Attributes.of(0640).withOwner(1, 2), 0));
    var text = new String(tar, 0, 512, StandardCharsets.ISO_8859_1).replace('\0', '.');
    assertThat(text)
        .startsWith("a" + ".".repeat(99) + "0000640.0000001.0000002.00000000000.00000000000.")
        .contains("0" + ".".repeat(100) + "ustar.00");
    assertThat(tar).hasSize(3 * 512);
  }

  @Test
  void isReadAlikeByCommonsCompress() throws IOException {
    String deep = "d/".repeat(90) + "file";
    String longName = "n".repeat(255);
    var capability = HexFormat.of().parseHex("0100000200300000000000000000000000000000");
    byte[] tar =
        tar(
            true,
            TarEntry.file(deep, PLAIN, 700),
            TarEntry.file(longName, PLAIN.withOwner(Attributes.MAX_ID, 7), 1),
            TarEntry.symlink("s", PLAIN.withMtime(-5, 250_000_000), "t".repeat(300)),
            TarEntry.file(
                "cap", PLAIN.withXattrs(Xattrs.of(Map.of("security.capability", capability))), 0));
    var entries = byCommonsCompress(tar);
    assertThat(entries)
        .extracting(TarArchiveEntry::getName)
        .containsExactly(deep, longName, "s", "cap");
    assertThat(entries.get(0).getSize()).isEqualTo(700);
    assertThat(entries.get(1).getLongUserId()).isEqualTo(Attributes.MAX_ID);
    assertThat(entries.get(2).getLinkName()).hasSize(300);
    assertThat(entries.get(2).getLastModifiedTime().toInstant())
        .isEqualTo(java.time.Instant.ofEpochSecond(-5, 250_000_000));
    assertThat(entries.get(3).getExtraPaxHeaders()).containsKey("SCHILY.xattr.security.capability");
  }

  @Test
  void writesNoPaxHeaderWhereUstarIsEnough() throws IOException {
    assertThat(tar(false, TarEntry.file("p/".repeat(70) + "name", PLAIN.withMtime(5, 9), 0)))
        .hasSize(3 * 512);
    assertThat(tar(true, TarEntry.file("a", PLAIN.withMtime(5, 9), 0))).hasSize(5 * 512);
  }

  @Test
  void keepsEverythingItsReaderReads() throws IOException {
    var entries =
        List.of(
            TarEntry.directory("d", Attributes.of(02755).withMtime(-1, 1)),
            TarEntry.file("d/\uDC80\uDCFF", PLAIN.withMtime(1L << 40, 999_999_999), 513),
            TarEntry.file("d/" + "x".repeat(180), PLAIN, 0),
            TarEntry.symlink("l", PLAIN, "\uDCC3 bad"),
            TarEntry.hardLink("h", PLAIN, "d/" + "x".repeat(180)),
            TarEntry.special("p", FileType.FIFO, PLAIN, Device.NONE),
            TarEntry.special("b", FileType.BLOCK_DEVICE, PLAIN, new Device(259, 1_048_575)),
            TarEntry.file(
                "x",
                PLAIN.withXattrs(
                    Xattrs.of(Map.of("user.empty", new byte[0], "user.n", new byte[] {0, 10}))),
                0));
    var read = TarReaderTest.read(tar(true, entries.toArray(TarEntry[]::new)));
    assertThat(read).isEqualTo(entries);
  }

  @Test
  void refusesMoreOrLessContentThanPromised() throws IOException {
    var writer = new TarWriter(TarSink.of(new ByteArrayOutputStream()), false);
    writer.add(TarEntry.file("a", PLAIN, 2));
    assertThatThrownBy(() -> writer.write(new byte[3], 0, 3)).hasMessageContaining("more content");
    assertThatThrownBy(writer::finish).hasMessageContaining("2 bytes of the entry's content");
  }
}
