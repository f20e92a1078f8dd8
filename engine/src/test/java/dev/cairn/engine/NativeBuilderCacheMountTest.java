package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.Phase;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cache mounts of many steps and builds at once. Threat 5. */
class NativeBuilderCacheMountTest {
  private static final TenantId OTHER = new TenantId("other");

  @TempDir Path directory;
  private BuilderFixture fixture;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
    fixture = new BuilderFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  private List<String> log(String dockerfile) throws Exception {
    var heard = new FakePorts.Heard();
    fixture.build(dockerfile, Map.of("x", "y"), heard);
    return heard.log();
  }

  @Test
  @Tag("slow")
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void stepsThatLockTwoVolumesInAnyOrderDoNotWaitForEachOtherForEver() throws Exception {
    String one = "--mount=type=cache,target=/one,sharing=locked ";
    String two = "--mount=type=cache,target=/two,sharing=locked ";
    for (int i = 0; i < 5; i++) {
      log(
          """
          FROM busybox AS a
          RUN %s%secho %d >> /one/f && sleep 0.05 && echo a > /a
          FROM busybox AS b
          RUN %s%secho %d >> /two/f && sleep 0.05 && echo b > /b
          FROM busybox
          COPY --from=a /a /a
          COPY --from=b /b /b
          """
              .formatted(one, two, i, two, one, i));
    }
  }

  @Test
  @Tag("slow")
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void aStepMayShowALockedVolumeTwice() throws Exception {
    String mount = "--mount=type=cache,id=c,sharing=locked,target=";
    assertThat(
            log(
                "FROM busybox\nRUN "
                    + mount
                    + "/one "
                    + mount
                    + "/two echo same > /one/f; cat /two/f\n"))
        .contains("same");
  }

  @Test
  @Tag("slow")
  void whatAFailedStepLeftHalfDoneIsNotKeptThoughAnotherSucceeded() throws Exception {
    String mount = "RUN --mount=type=cache,id=c,target=/c ";
    Throwable failure =
        catchThrowable(() ->
            log(
                """
                FROM busybox AS a
                %secho half > /c/half; sleep 1; exit 1
                FROM busybox AS b
                %sset -e; sleep 0.3; echo b > /b
                FROM busybox
                COPY --from=a /c /a
                COPY --from=b /b /b
                """
                    .formatted(mount, mount)));
    assertThat(failure).isInstanceOf(BuildException.class);
    assertThat(log("FROM busybox\n" + mount + "ls /c; echo listed\n")).containsExactly("listed");
  }

  @Test
  @Tag("slow")
  void noneOfFiftyRunsReadsWhatIsForeignOrHalfWritten() throws Exception {
    race(52);
  }

  @Test
  @Tag("all")
  void noneOfAThousandRunsReadsWhatIsForeignOrHalfWritten() throws Exception {
    race(1040);
  }

  private record Owner(TenantId tenant, String scope) {}

  private static final List<Owner> OWNERS =
      List.of(
          new Owner(BuilderFixture.TENANT, "default"),
          new Owner(BuilderFixture.TENANT, "second"),
          new Owner(OTHER, "default"));

  /**
   * A run first reads every file that the volume holds: each must have been written to its end, by
   * a run of the same scope; of its own build it may see halves if the mount is shared. Then it
   * writes half a file, sleeps, and writes the rest; some fail instead. Files are removed only by a
   * run that has the volume for itself, or it would take one from a run beside it. 9 is the code of
   * a bad read.
   */
  private static final String SCRIPT =
      """
      seen=0; for f in /c/f-*; do [ -e $f ] || continue;
      case $f in /c/f-BUILD-*) [ SHARING = shared ] && continue;; *) seen=1;; esac;
      [ "$(cat $f)" = "begin OWNER end" ] || { echo BAD $f: $(cat $f); exit 9; }; done;
      [ $seen = 0 ] || echo SEEN;
      set -- /c/f-*; [ SHARING = shared ] || [ $# -lt 12 ] || rm -f $1;
      echo -n "begin OWNER" > /c/f-BUILD-STAGE; sleep 0.0PAUSE; FAIL
      echo -n " end" >> /c/f-BUILD-STAGE; echo STAGE > /out
      """
          .replace("\n", " ");

  private void race(int runs) throws Exception {
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("cache mounts: -Dcairn.seed=" + seed);
    var random = new Random(seed);
    Digest context = fixture.emptyContext();
    var bad = new ConcurrentLinkedQueue<String>();
    var seen = new AtomicInteger();
    var failed = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int build = 0; build < runs / 4; build++) {
        Owner owner = OWNERS.get(random.nextInt(OWNERS.size()));
        boolean failing = random.nextInt(5) == 0;
        BuildRequest request = request(owner, build, failing, random, context);
        threads.execute(() -> {
          var heard = new FakePorts.Heard();
          try {
            fixture.build(request, heard);
          } catch (BuildException e) {
            failed.incrementAndGet();
            var failure = e.toFailure(Phase.STEPS, 1, 1);
            if (!failing || failure.exitCode().orElse(0) != 5) {
              bad.add(failure.sentence());
            }
          } catch (InterruptedException | RuntimeException | Error e) {
            bad.add(e.toString());
          }
          heard.log().stream().filter(line -> line.startsWith("BAD")).forEach(bad::add);
          seen.addAndGet((int) heard.log().stream().filter(line -> line.equals("SEEN")).count());
        });
      }
    }
    System.out.printf(
        "cache mounts: %d runs, %d read files of earlier builds, %d builds failed on purpose, %d bad"
            + " reads%n",
        runs, seen.get(), failed.get(), bad.size());
    assertThat(bad).isEmpty();
    assertThat(seen.get()).as("runs that read earlier builds' files").isGreaterThan(runs / 10);
  }

  private BuildRequest request(
      Owner owner, int build, boolean failing, Random random, Digest context) {
    var dockerfile = new StringBuilder();
    for (int stage = 0; stage < 4; stage++) {
      String sharing = List.of("shared", "locked", "private").get(random.nextInt(3));
      String script =
          SCRIPT
              .replace("OWNER", owner.tenant() + "/" + owner.scope())
              .replace("BUILD", build + "")
              .replace("STAGE", stage + "")
              .replace("SHARING", sharing)
              .replace("PAUSE", random.nextInt(1, 6) + "")
              .replace("FAIL", failing && stage == 3 ? "exit 5;" : "");
      dockerfile
          .append("FROM busybox AS s")
          .append(stage)
          .append("\nRUN --mount=type=cache,id=pool,target=/c,sharing=")
          .append(sharing)
          .append(' ')
          .append(script)
          .append('\n');
    }
    dockerfile.append("FROM scratch\n");
    for (int stage = 0; stage < 4; stage++) {
      dockerfile.append("COPY --from=s").append(stage).append(" /out /").append(stage).append('\n');
    }
    return BuilderFixture.of(
        owner.tenant(),
        owner.scope(),
        fixture.request(
            BuilderFixture.recipe(dockerfile.toString()),
            context,
            dev.cairn.build.CacheOptions.of(
                dev.cairn.build.CacheScope.of(owner.tenant(), owner.scope()))));
  }
}
