package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every case of {@code cases/}, built by a running server through the command line, equals what
 * BuildKit makes of it, file by file and in its config, times aside.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CasesTest {
  private static final Path DIFFERENCES = Path.of("..", "docs", "dockerfile-differences.md");

  private final List<String> ids = ids();
  private final Map<String, Future<String>> summaries = new ConcurrentHashMap<>();
  private final ExecutorService builders = Executors.newFixedThreadPool(4);
  private Workbench workbench;

  private static List<String> ids() {
    try {
      String only = System.getProperty("cairn.case", "");
      return Case.all().stream().map(Case::id).filter(each -> each.contains(only)).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void startAll(@TempDir Path work) throws IOException, InterruptedException {
    Needed.rootAnd("runc");
    workbench = Workbench.start(work, "--slots", "4");
    for (Case test : Case.all()) {
      if (ids.contains(test.id())) {
        summaries.put(test.id(), builders.submit(() -> summary(test, work.resolve(test.id()))));
      }
    }
  }

  @AfterAll
  void stop() {
    builders.shutdownNow();
    if (workbench != null) {
      workbench.close();
    }
  }

  private String summary(Case test, Path work) throws IOException {
    Files.createDirectory(work);
    Case.Prepared prepared = test.prepare(work);
    Path image = work.resolve("image.tar");
    List<String> arguments = new ArrayList<>(List.of("build", "--progress", "plain"));
    arguments.addAll(List.of("--output", "type=oci,dest=" + image));
    arguments.addAll(List.of("-f", prepared.dockerfile().toString()));
    arguments.addAll(List.of("--build-arg", "BASE=" + workbench.base()));
    test.arguments()
        .forEach((key, value) -> arguments.addAll(List.of("--build-arg", key + "=" + value)));
    if (!test.target().isEmpty()) {
      arguments.addAll(List.of("--target", test.target()));
    }
    prepared
        .secrets()
        .forEach((id, file) -> arguments.addAll(List.of("--secret", "id=" + id + ",src=" + file)));
    arguments.add(prepared.context().toString());
    LiveServer.Outcome outcome = workbench.cairn(work, arguments.toArray(String[]::new));
    if (outcome.exitCode() == 0) {
      return ImageSummary.ofOciArchive(image);
    }
    return Case.REFUSED + "exit code " + outcome.exitCode() + "\n" + outcome.error();
  }

  @ParameterizedTest
  @FieldSource("ids")
  void equalsBuildKit(String id) throws IOException, InterruptedException, ExecutionException {
    Case test = Case.all().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    String summary = Objects.requireNonNull(summaries.get(id), id).get();
    String expected = Files.readString(test.expected());

    if (!test.error().isEmpty()) {
      assertThat(expected).startsWith(Case.REFUSED);
      assertThat(summary).as("case " + id).startsWith(Case.REFUSED).contains(test.error());
      return;
    }
    assertThat(summary).as("case " + id).doesNotStartWith(Case.REFUSED);
    String allowed =
        Files.exists(test.differences()) ? Files.readString(test.differences()).strip() : "";
    assertThat(differences(expected, summary)).as("case " + id).isEqualTo(allowed);
  }

  /** Lines that only BuildKit has, marked -, and lines that only we have, marked +. */
  private static String differences(String expected, String summary) {
    List<String> theirs = new ArrayList<>(expected.lines().toList());
    List<String> ours = new ArrayList<>(summary.lines().toList());
    summary.lines().forEach(theirs::remove);
    expected.lines().forEach(ours::remove);
    List<String> all = new ArrayList<>();
    theirs.forEach(line -> all.add("- " + line));
    ours.forEach(line -> all.add("+ " + line));
    return String.join("\n", all);
  }

  @Test
  void everyDifferenceHasItsReasonInTheDocumentation() throws IOException {
    String reasons = Files.exists(DIFFERENCES) ? Files.readString(DIFFERENCES) : "";
    for (Case test : Case.all()) {
      if (Files.exists(test.differences())) {
        assertThat(reasons).contains("`" + test.id() + "`");
      }
    }
  }
}
