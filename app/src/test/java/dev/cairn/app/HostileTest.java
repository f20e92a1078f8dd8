package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * Every case of {@code hostile/}, on every ground that exists here: nothing of the host is read,
 * written, signalled or connected to, and nothing of another tenant is seen. A report line for each
 * goes to {@code target/hostile.txt}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTest {
  private static final Path REPORT = Path.of("target", "hostile.txt");

  /** Always taken: the examination of the disk needs what it leaves. */
  static final String LEAVES = "disk-leaves-setuid-and-devices";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService builders = Executors.newFixedThreadPool(3);
  private HostileYard yard;
  private Path work;

  @BeforeAll
  void lay(@TempDir Path folder) throws IOException, InterruptedException {
    Needed.rootAnd("runc", "gcc", "ip", "setpriv");
    work = folder;
    yard = HostileYard.lay(folder);
    Files.createDirectories(REPORT.getParent());
    Files.deleteIfExists(REPORT);
  }

  @AfterAll
  void clear() throws Exception {
    builders.shutdownNow();
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    if (yard != null) {
      yard.close();
    }
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicNode> someCasesAreHeld() throws IOException {
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("hostile cases: -Dcairn.seed=" + seed);
    List<HostileCase> cases = new ArrayList<>(HostileCase.all());
    var random = new Random(seed);
    Collections.shuffle(cases, random);
    List<HostileCase> some =
        cases.stream()
            .filter(each -> each.times() == 1 && !each.id().equals(LEAVES))
            .limit(Math.max(1, cases.size() / 20))
            .toList();
    return grounds(some, HostileGround.some(random));
  }

  @TestFactory
  @Tag("all")
  Stream<DynamicNode> allCasesAreHeld() throws IOException {
    Pattern only = Pattern.compile(System.getProperty("cairn.hostile", ""));
    Pattern where = Pattern.compile(System.getProperty("cairn.ground", ""));
    return grounds(
        HostileCase.all().stream()
            .filter(each -> only.matcher(each.id()).find() && !each.id().equals(LEAVES))
            .toList(),
        HostileGround.all().stream()
            .filter(each -> where.matcher(each.toString()).find())
            .toList());
  }

  private Stream<DynamicNode> grounds(List<HostileCase> cases, List<HostileGround> grounds)
      throws IOException {
    List<HostileCase> all = new ArrayList<>(cases);
    HostileCase.all().stream().filter(each -> each.id().equals(LEAVES)).forEach(all::add);
    return grounds.stream().map(ground -> new Run(ground, all).asTests());
  }

  /** All cases on one ground; the server starts with the first. */
  private final class Run {
    private final HostileGround ground;
    private final List<HostileCase> cases;
    private final Map<HostileCase, Future<List<String>>> results = new LinkedHashMap<>();
    private Optional<HostileBench> bench = Optional.empty();
    private boolean tried;

    Run(HostileGround ground, List<HostileCase> cases) {
      this.ground = ground;
      this.cases = cases;
    }

    DynamicNode asTests() {
      Stream<DynamicNode> tests =
          cases.stream().map(each -> dynamicTest(each.id(), () -> held(each)));
      return dynamicContainer(
          ground.toString(),
          Stream.concat(tests, Stream.of(dynamicTest("aftermath", this::aftermath))));
    }

    private HostileBench bench() throws Exception {
      if (bench.isEmpty()) {
        Assumptions.assumeTrue(
            ground.lacking().isEmpty(), () -> "this machine lacks " + ground.lacking());
        assertThat(tried).as("the server of " + ground + " did not start").isFalse();
        tried = true;
        Path place = work.resolve(ground.toString());
        HostileBench started = HostileBench.start(ground, yard, place);
        bench = Optional.of(started);
        open.add(started);
        for (HostileCase each : cases) {
          if (each.excuse(ground).isEmpty()) {
            results.put(each, builders.submit(() -> started.run(each, place.resolve(each.id()))));
          }
        }
      }
      return bench.get();
    }

    private void held(HostileCase test) throws Exception {
      Optional<String> excuse = test.excuse(ground);
      if (excuse.isPresent()) {
        report(test.id(), "not held here: " + excuse.get());
        throw new TestAbortedException(excuse.get());
      }
      bench();
      List<String> found = Objects.requireNonNull(results.get(test)).get();
      report(test.id(), found.isEmpty() ? "held" : "FOUND " + found);
      assertThat(found).as(test + " on " + ground).isEmpty();
    }

    private void aftermath() throws Exception {
      HostileBench bench = bench();
      for (var each : results.values()) {
        each.get();
      }
      List<String> found = bench.aftermath();
      report("aftermath", found.isEmpty() ? "held" : "FOUND " + found);
      bench.close();
      assertThat(found).isEmpty();
    }

    private void report(String id, String result) throws IOException {
      Files.writeString(
          REPORT,
          ground + " " + id + " " + result.replace("\n", " / ") + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
