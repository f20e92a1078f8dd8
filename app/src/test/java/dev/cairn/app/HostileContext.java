package dev.cairn.app;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the context of a hostile case: its files, the programs compiled from its C sources, and the
 * archives that its lists describe; or one archive alone, sent as it is.
 */
final class HostileContext {
  private static final String LIST = ".list";

  private HostileContext() {}

  /** Writes the tar that is sent; arguments are put into lists. */
  static Path write(HostileCase test, Map<String, String> arguments, Probes probes, Path work)
      throws IOException, InterruptedException {
    Files.createDirectories(work);
    Path tar = work.resolve("context.tar");
    if (!test.context().isEmpty()) {
      try (var out = new BufferedOutputStream(Files.newOutputStream(tar))) {
        TarList.write(test.folder().resolve(test.context()), arguments, out);
      }
      return tar;
    }
    Path programs = probes.of(test);
    try (var layer = TestLayer.create(tar)) {
      for (Path program : sorted(programs)) {
        layer.file(program.getFileName().toString(), 0755, program);
      }
      for (Path file : sorted(test.folder())) {
        String name = file.getFileName().toString();
        if (name.endsWith(LIST)) {
          Path archive = work.resolve(name.replace(LIST, ""));
          try (var out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            TarList.write(file, arguments, out);
          }
          layer.file(archive.getFileName().toString(), 0644, archive);
        } else if (!name.endsWith(".c") && !List.of("Dockerfile", "expect").contains(name)) {
          layer.file(name, Files.isExecutable(file) ? 0755 : 0644, file);
        }
      }
    }
    return tar;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
