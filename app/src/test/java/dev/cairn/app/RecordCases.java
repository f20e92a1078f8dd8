package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds the cases with BuildKit and keeps what came out as their expectation. Run by
 * scripts/record-cases, with the names of cases or nothing for all.
 */
final class RecordCases {
  private RecordCases() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> chosen = List.of(arguments);
    Path work = Files.createTempDirectory("cairn-record");
    try (TestRegistry registry = TestRegistry.start(work.resolve("registry"));
        BuildKit buildKit = BuildKit.start(work.resolve("buildkit"))) {
      TestImages.addBusybox(registry, work);
      for (Case test : Case.all()) {
        if (chosen.isEmpty() || chosen.contains(test.id())) {
          record(test, registry.host() + "/busybox", buildKit, work.resolve(test.id()));
        }
      }
    } finally {
      Folders.delete(work);
    }
  }

  private static void record(Case test, String base, BuildKit buildKit, Path work)
      throws IOException, InterruptedException {
    Files.createDirectory(work);
    Path image = work.resolve("image.tar");
    BuildKit.Outcome outcome = buildKit.build(test, test.prepare(work), base, image);
    if (outcome.code() == 0) {
      Files.writeString(test.expected(), ImageSummary.ofOciArchive(image));
      System.out.println("recorded " + test.id());
    } else {
      String error =
          outcome.output().lines().toList().getLast().replaceFirst(" of ref [a-z0-9:]+:", ":");
      Files.writeString(test.expected(), Case.REFUSED + error + "\n");
      System.out.println("REFUSED  " + test.id() + ": " + error);
    }
  }
}
