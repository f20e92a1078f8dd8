package dev.cairn.linux.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.linux.Errno;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
  @TempDir Path temp;
  private Directory root;
  private Path outside;

  @BeforeEach
  void open() throws IOException {
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    root = Directory.open(Files.createDirectory(temp.resolve("root")));
  }

  @AfterEach
  void close() {
    root.close();
  }

  private void write(String path, String text) throws IOException {
    try (var out = root.create(path, 0644)) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private static void refused(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void writesAndReadsAFile() throws IOException {
    root.makeDirectories("a/b", 0755);
    write("a/b/c", "hello");
    assertThat(root.readFile("/a/b/c", 100, Links.REFUSE)).asString(UTF_8).isEqualTo("hello");
    assertThat(root.stat("a/b/c").mode()).isEqualTo(0644);
    try (var channel = root.createChannel("a/d", 04711)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2}));
    }
    assertThat(root.stat("a/d").mode()).isEqualTo(04711);
    assertThat(root.stat("a/d").size()).isEqualTo(2);
  }

  @Test
  void readsNoMoreThanTheLimit() throws IOException {
    write("f", "12345");
    assertThat(root.readFile("f", 5, Links.REFUSE)).hasSize(5);
    refused(Errno.EFBIG, () -> root.readFile("f", 4, Links.REFUSE));
  }

  @Test
  void refusesToClimbOut() throws IOException {
    root.symlink("up", "..");
    root.symlink("abs", outside.toString());
    root.symlink("file", "../outside/secret");
    root.makeDirectory("d", 0755);
    refused(Errno.EXDEV, () -> root.create("../x", 0644));
    refused(Errno.EXDEV, () -> root.create("d/../../x", 0644));
    refused(Errno.ELOOP, () -> root.create("up/x", 0644));
    refused(Errno.ELOOP, () -> root.create("abs/x", 0644));
    refused(Errno.EEXIST, () -> root.create("file", 0644));
    refused(Errno.ELOOP, () -> root.makeDirectory("abs/x", 0755));
    refused(Errno.ELOOP, () -> root.symlink("abs/x", "y"));
    refused(Errno.ELOOP, () -> root.link("x", "abs/secret"));
    refused(Errno.ELOOP, () -> root.rename("abs/secret", "x"));
    refused(Errno.ELOOP, () -> root.remove("abs/secret"));
    refused(Errno.ELOOP, () -> root.setOwner("abs/secret", 1, 1));
    refused(Errno.ELOOP, () -> root.setModified("abs/secret", 0, 0));
    refused(Errno.EOPNOTSUPP, () -> root.setMode("file", 0777));
    refused(Errno.ELOOP, () -> root.readFile("file", 10, Links.REFUSE));
    assertThat(root.find("file", Links.IN_ROOT)).isEmpty();
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThat(outside).isDirectoryNotContaining("glob:**x");
  }

  @Test
  void followsLinksInsideTheRootOnly() throws IOException {
    root.makeDirectories("usr/bin", 0755);
    write("usr/bin/sh", "sh");
    root.symlink("bin", "/usr/bin");
    root.symlink("climb", "../../../../usr/bin/sh");
    assertThat(root.readFile("bin/sh", 10, Links.IN_ROOT)).asString(UTF_8).isEqualTo("sh");
    assertThat(root.readFile("climb", 10, Links.IN_ROOT)).asString(UTF_8).isEqualTo("sh");
    root.symlink("loop", "loop");
    refused(Errno.ELOOP, () -> root.find("loop", Links.IN_ROOT));
  }

  @Test
  void linksKeepTheirTextAndTimes() throws IOException {
    root.symlink("l", "/nowhere/\uDCFF");
    root.setModified("l", -5, 123_456_789);
    assertThat(root.readLink("l")).isEqualTo("/nowhere/\uDCFF");
    assertThat(root.stat("l").kind()).isEqualTo(FileKind.SYMLINK);
    assertThat(root.stat("l").modifiedSeconds()).isEqualTo(-5);
    assertThat(root.stat("l").modifiedNanos()).isEqualTo(123_456_789);
  }

  @Test
  void keepsNamesOfAnyBytes() throws IOException {
    write("\uDCFFx", "1");
    assertThat(root.list("", Links.REFUSE)).containsExactly("\uDCFFx");
  }

  @Test
  void hardLinksShareAFile() throws IOException {
    write("a", "1");
    root.link("b", "a");
    assertThat(root.stat("b").inode()).isEqualTo(root.stat("a").inode());
    assertThat(root.stat("b").links()).isEqualTo(2);
  }

  @Test
  void doesNotWaitForAFifo() throws IOException {
    root.makeNode("pipe", FileKind.FIFO, 0622, 0, 0);
    assertThat(root.stat("pipe").mode()).isEqualTo(0622);
    refused(Errno.EINVAL, () -> root.open("pipe", Links.REFUSE).close());
  }

  @Test
  void walksInByteOrderParentsFirst() throws IOException {
    root.makeDirectories("b/c", 0700);
    write("b/c/f", "");
    write("b-", "");
    write("B", "");
    write("é", "");
    var seen = new ArrayList<String>();
    root.walk(entry -> {
      seen.add(entry.path());
      return TreeVisitor.Next.ENTER;
    });
    assertThat(seen).isEqualTo(List.of("B", "b", "b/c", "b/c/f", "b-", "é"));
  }

  @Test
  void keepsAttributes() throws IOException {
    write("f", "");
    try {
      root.setAttribute("f", "user.color", "red".getBytes(UTF_8));
    } catch (LinuxException e) {
      org.junit.jupiter.api.Assumptions.assumeTrue(
          e.errno() != Errno.EOPNOTSUPP, "the temporary directory has no user.* attributes");
      throw e;
    }
    assertThat(root.attributes("f").has("user.color", "red")).isTrue();
    root.removeAttribute("f", "user.color");
    assertThat(root.attributes("f").isEmpty()).isTrue();
  }

  @Test
  void removesATreeWithoutFollowingLinks() throws IOException {
    root.makeDirectories("t/d", 0755);
    root.symlink("t/d/out", outside.toString());
    root.remove("t");
    assertThat(root.exists("t")).isFalse();
    assertThat(outside.resolve("secret")).exists();
    root.remove("t");
  }

  @Test
  void removesATreeDeeperThanItHoldsDescriptors() throws IOException {
    var directory = Directory.open(temp.resolve("root"));
    for (int i = 0; i < 300; i++) {
      directory.makeDirectory("deep", 0755);
      var next = directory.openDirectory("deep", Links.REFUSE);
      directory.close();
      directory = next;
    }
    directory.close();
    root.remove("deep");
    assertThat(root.list("", Links.REFUSE)).isEmpty();
  }
}
