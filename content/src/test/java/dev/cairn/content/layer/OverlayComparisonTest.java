package dev.cairn.content.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Node;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.linux.file.Directory;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the merged view says, and what the kernel shows of the same layers unpacked and mounted. */
@Tag("slow")
class OverlayComparisonTest {

  private static final String[] NAMES = {"a", "b", "c"};

  @TempDir Path directory;

  @Test
  void showsWhatTheKernelShows() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root to mount overlay");
    Path base = directory.resolve("base");
    Files.createDirectories(base);
    // The temporary directory may itself be an overlay, which cannot be a lower layer's home.
    run("mount", "-t", "tmpfs", "tmpfs", base.toString());
    try {
      long seed = Long.getLong("cairn.fuzz.seed", System.nanoTime());
      System.out.println("overlay seed " + seed);
      var random = new Random(seed);
      for (int round = 0; round < 60; round++) {
        compare(base.resolve("r" + round), randomChain(random), "seed " + seed + " round " + round);
      }
    } finally {
      run("umount", base.toString());
    }
  }

  private void compare(Path home, List<List<String>> chain, String name) throws Exception {
    Files.createDirectories(home);
    var store = new LocalBlobStore(home.resolve("store"));
    var view = MergedView.empty(store);
    var trees = new ArrayList<String>();
    for (var lines : chain) {
      Path tree = Files.createDirectory(home.resolve("t" + trees.size()));
      var blob = store.put(LayerFixture.tar(lines));
      try (var root = Directory.open(tree)) {
        var unpacker = new LayerUnpacker(root, UnpackMode.PRIVILEGED);
        var layer =
            new LayerReader(store, ArchiveLimits.DEFAULT)
                .read(blob.digest(), Optional.empty(), unpacker);
        unpacker.finish(layer.index(), view);
        view = view.over(layer);
      }
      trees.add(tree.toString());
    }
    // An overlay of one layer needs a second one below it.
    trees.add(0, Files.createDirectory(home.resolve("empty")).toString());
    Collections.reverse(trees);
    Path mount = Files.createDirectory(home.resolve("mnt"));
    String options =
        "lowerdir=" + String.join(":", trees) + ",redirect_dir=off,metacopy=off,index=off";
    run("mount", "-t", "overlay", "overlay", "-o", options, mount.toString());
    try {
      assertThat(byKernel(mount)).as(name + " " + chain).isEqualTo(byView(view));
    } finally {
      run("umount", mount.toString());
    }
  }

  private static Set<String> byKernel(Path root) throws IOException {
    var lines = new TreeSet<String>();
    try (var files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String path = root.relativize(file).toString();
        if (path.isEmpty()) {
          continue;
        }
        int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
        String time =
            "" + Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000;
        if (Files.isSymbolicLink(file)) {
          lines.add(path + " -> " + Files.readSymbolicLink(file));
        } else if (Files.isDirectory(file)) {
          lines.add(path + "/ " + Integer.toOctalString(mode) + " " + time);
        } else {
          lines.add(
              path
                  + " "
                  + Integer.toOctalString(mode)
                  + " "
                  + time
                  + " "
                  + Digest.sha256(Files.readAllBytes(file)));
        }
      }
    }
    return lines;
  }

  private static Set<String> byView(MergedView view) {
    var lines = new TreeSet<String>();
    for (Node node : view.nodes()) {
      if (node.path().isEmpty()) {
        continue;
      }
      String mode = Integer.toOctalString(node.attributes().mode());
      String rest = mode + " " + node.attributes().mtimeSeconds();
      lines.add(
          switch (node.body()) {
            case Node.Body.Directory() -> node.path() + "/ " + rest;
            case Node.Body.File file -> node.path() + " " + rest + " " + file.digest();
            case Node.Body.Symlink(var target) -> node.path() + " -> " + target;
            case Node.Body.HardLink(var target) -> node.path() + " unresolved " + target;
            case Node.Body.Special special -> node.path() + " " + special;
          });
    }
    return lines;
  }

  private static List<List<String>> randomChain(Random random) {
    var chain = new ArrayList<List<String>>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      var lines = new ArrayList<String>();
      var files = new HashSet<String>();
      for (int j = 1 + random.nextInt(8); j > 0; j--) {
        String path = path(random);
        switch (random.nextInt(8)) {
          case 0, 1 -> lines.add(path + "/");
          case 2, 3 -> lines.add(path + "=" + random.nextInt(1000));
          case 4 -> lines.add(path + "->" + path(random));
          case 5 -> {
            int slash = path.lastIndexOf('/') + 1;
            lines.add(path.substring(0, slash) + ".wh." + path.substring(slash));
          }
          case 6 -> lines.add(path + "/.wh..wh..opq");
          default -> {
            // A file under a name nobody replaces, and a link to it.
            String file = "file" + j;
            if (files.add(file)) {
              lines.add(file + "=linked");
            }
            lines.add(path + "=>" + file);
          }
        }
      }
      chain.add(lines);
    }
    return chain;
  }

  private static String path(Random random) {
    var path = new StringBuilder(NAMES[random.nextInt(NAMES.length)]);
    for (int i = random.nextInt(3); i > 0; i--) {
      path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
    }
    return path.toString();
  }

  private static void run(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var in = process.getInputStream()) {
      output = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
