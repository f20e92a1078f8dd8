package dev.cairn.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A Debian like the slim images of the hubs, made by mmdebstrap once and kept. */
final class DebianBase {
  private DebianBase() {}

  /**
   * The root file system as a gzip file.
   *
   * @param name tells it from other sets of packages
   * @param packages besides those of every minimal Debian
   * @param withIndexes whether the indexes of the mirror stay in it
   */
  static Path make(String name, boolean withIndexes, String... packages)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mmdebstrap", "--variant=minbase"));
    command.add("--mode=root");
    if (packages.length > 0) {
      command.add("--include=" + String.join(",", packages));
    }
    command.addAll(
        List.of(
            "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*"));
    if (withIndexes) {
      command.add("--skip=cleanup/apt/lists");
      command.add("--aptopt=Acquire::GzipIndexes \"true\"");
      command.add("--aptopt=Acquire::Languages \"none\"");
    }
    command.add("bookworm");
    String options = String.join(" ", command);
    byte[] digest = LayerListing.sha256().digest(options.getBytes(StandardCharsets.UTF_8));
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "cairn");
    Files.createDirectories(cache);
    String key = HexFormat.of().formatHex(digest, 0, 4);
    Path base = cache.resolve("debian-" + name + "-" + key + ".tar.gz");
    if (!Files.exists(base)) {
      // A name of its own for each process, so that two of them do not write into one file.
      Path fresh = cache.resolve("fresh-" + ProcessHandle.current().pid() + ".tar");
      command.add(fresh.toString());
      Commands.succeed(cache, command.toArray(String[]::new));
      // The fastest level: it is unpacked more often than it is kept.
      Commands.succeed(cache, "gzip", "-1", fresh.toString());
      Files.move(Path.of(fresh + ".gz"), base, StandardCopyOption.ATOMIC_MOVE);
    }
    return base;
  }
}
