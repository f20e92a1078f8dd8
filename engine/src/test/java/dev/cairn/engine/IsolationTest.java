package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildResult;
import dev.cairn.content.Node;
import dev.cairn.content.layer.MergedView;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.SandboxSettings.Rungs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an image holds must not depend on how its commands were shut in. */
@Tag("slow")
@ParameterizedClass
@EnumSource(names = {"PLAIN", "USER_NAMESPACE", "GVISOR"})
class IsolationTest {
  @TempDir Path directory;
  private final IsolationRung rung;
  private final FakePorts.Heard heard = new FakePorts.Heard();
  private BuilderFixture fixture;
  private boolean closed;

  IsolationTest(IsolationRung rung) {
    this.rung = rung;
  }

  @BeforeEach
  void open() throws Exception {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
    assumeTrue(BuilderFixture.has(rung), "needs runsc");
    fixture = new BuilderFixture(directory, Rungs.only(rung));
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null && !closed) {
      fixture.close();
    }
  }

  private static String owner(MergedView files, String path) {
    var attributes = files.lookup(path).orElseThrow().attributes();
    return "%o %d:%d".formatted(attributes.mode(), attributes.uid(), attributes.gid());
  }

  @Test
  void keepsOwnersModesLinksAndDeletionsExactly() throws Exception {
    var result =
        fixture.build(
            """
            FROM busybox
            RUN mkdir -p /d/kept /gone /replaced && touch /replaced/old /gone/f && chown 5:6 /d
            RUN echo a > /a && chown 70000:70001 /a && chmod 6711 /a
            RUN echo b > /d/b && chown 1000650000:1000660000 /d/b && chmod 4755 /d/b && ln /d/b /d/c
            RUN /bin/busybox mkfifo -m 640 /fifo && ln -s nowhere /link && chown -h 8:9 /link
            RUN rm -r /gone && rm -r /replaced && mkdir /replaced && touch /replaced/new
            USER app
            RUN echo mine > /tmp/mine
            """,
            Map.of(),
            heard);
    MergedView files = fixture.files(result);
    assertThat(result.rung()).isEqualTo(rung.text());
    assertThat(owner(files, "d")).isEqualTo("755 5:6");
    assertThat(owner(files, "a")).isEqualTo("6711 70000:70001");
    assertThat(owner(files, "d/b")).isEqualTo("4755 1000650000:1000660000");
    assertThat(owner(files, "d/c")).isEqualTo("4755 1000650000:1000660000");
    if (rung != IsolationRung.GVISOR) {
      // Its pipes and sockets live in its own kernel.
      assertThat(owner(files, "fifo")).isEqualTo("640 0:0");
    }
    assertThat(owner(files, "link")).isEqualTo("777 8:9");
    assertThat(owner(files, "tmp/mine")).isEqualTo("644 1000:1001");
    assertThat(owner(files, "root")).isEqualTo("700 0:0");
    assertThat(files.lookup("gone")).isEmpty();
    assertThat(files.lookup("replaced/old")).isEmpty();
    assertThat(files.lookup("replaced/new")).isPresent();
    assertThat(files.lookup("d/kept").orElseThrow().isDirectory()).isTrue();
  }

  // Of the first version it would hold the number of a user of this machine.
  @Test
  void keepsFileCapabilitiesThatACommandSets() throws Exception {
    assumeTrue(rung != IsolationRung.GVISOR, "its kernel knows no capabilities of files");
    Path setcap = Path.of("/sbin/setcap");
    assumeTrue(Files.isExecutable(setcap), "needs setcap (libcap2-bin)");
    var context = new TreeMap<String, byte[]>();
    for (String library : librariesOf(setcap)) {
      context.put(Path.of(library).getFileName().toString(), Files.readAllBytes(Path.of(library)));
    }
    context.put("setcap", Files.readAllBytes(setcap));
    String loader = context.keySet().stream().filter(n -> n.startsWith("ld-")).findFirst().get();
    var request =
        fixture.requestOf(
            """
            FROM busybox
            COPY --chmod=755 . /l/
            RUN echo x > /x && /l/LOADER --library-path /l /l/setcap cap_net_raw+ep /x
            RUN chmod 711 /x
            """
                .replace("LOADER", loader),
            context);
    BuildResult result = fixture.build(request, heard);
    Node node = fixture.files(result).lookup("x").orElseThrow();
    assertThat(node.attributes().mode()).isEqualTo(0711);
    assertThat(node.attributes().xattrs().value("security.capability"))
        .hasValueSatisfying(bytes ->
            assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("0100000200200000000000000000000000000000"));
  }

  private static List<String> librariesOf(Path program) throws Exception {
    var process = new ProcessBuilder("ldd", program.toString()).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var found = new ArrayList<String>();
    var path = Pattern.compile("(/\\S+) \\(").matcher(text);
    while (path.find()) {
      found.add(path.group(1));
    }
    return found;
  }

  @Test
  void showsMountsToTheUserTheyAreFor() throws Exception {
    fixture.fakes.secretValues.put("token", "s3cret");
    String dockerfile =
        """
        FROM busybox AS other
        RUN echo of-a-stage > /staged && chown 1000 /staged && chmod 400 /staged
        FROM busybox
        USER app
        RUN --mount=type=secret,id=token,uid=1000,target=/s/token \
            --mount=type=cache,uid=1000,gid=1001,target=/c \
            --mount=target=/ctx --mount=target=/rw,rw --mount=from=other,target=/o \
            cat /s/token && echo " $(stat -c %u:%g:%a /s/token)" && cat /o/staged /ctx/f \
            && date >> /c/log && wc -l < /c/log && stat -c "%u:%g" /c/log && ! touch /s/token
        USER root
        RUN --mount=target=/rw,rw --mount=type=cache,target=/c2 echo more >> /rw/f && cat /rw/f \
            && echo kept > /c2/x && chown 77 /c2/x && stat -c cached-%u /c2/x
        """;
    fixture.build(dockerfile, Map.of("f", "of-the-context\n"), heard);
    assertThat(heard.log())
        .contains("of-a-stage", "of-the-context", "1000:1001", "more", "cached-77")
        .anyMatch(line -> line.endsWith("* 1000:0:400"));
  }

  @Test
  void leavesNothingOfWhatWasInjectedInTheLayer() throws Exception {
    fixture.fakes.secretValues.put("token", "s3cret");
    var result =
        fixture.build(
            """
            FROM busybox
            RUN --mount=type=secret,id=token --mount=type=cache,target=/var/cache/x \
                --mount=target=/mnt/ctx true
            """,
            Map.of("f", "x"),
            heard);
    var layers = fixture.manifest(result).layers();
    var reader =
        new dev.cairn.content.layer.LayerReader(
            fixture.blobs, dev.cairn.content.ArchiveLimits.DEFAULT);
    var last =
        reader.read(
            layers.getLast().digest(),
            java.util.Optional.empty(),
            dev.cairn.content.layer.LayerSink.NONE);
    assertThat(MergedView.of(List.of(last), fixture.blobs).children("")).isEmpty();
  }

  @Test
  void letsACommandOpenItsOutputsByName() throws Exception {
    fixture.build(
        """
        FROM busybox
        RUN echo root-out > /dev/stdout; echo root-err > /dev/stderr; cat /dev/stdin
        USER app
        RUN echo app-out > /dev/stdout; echo app-err | tee /dev/stderr > /dev/null
        """,
        Map.of(),
        heard);
    assertThat(heard.log()).contains("root-out", "root-err", "app-out", "app-err");
  }

  // Threats 2 and 4: nobody else on the machine reads what is unpacked, not even while it is used.
  @Test
  void letsNoOtherUserOfTheMachineIntoTheTreeOfARunningCommand() throws Exception {
    var build =
        CompletableFuture.supplyAsync(() -> {
          try {
            return fixture.build(
                "FROM busybox\nRUN echo deep > /open && chmod 777 /open && echo up && sleep 3\n",
                Map.of(),
                heard);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    while (!heard.log().contains("up") && !build.isDone()) {
      Thread.sleep(20);
    }
    String view = "";
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String target = line.split(" ")[4];
      if (target.startsWith(fixture.steps().resolve("roots") + "/")) {
        view = target;
      }
    }
    assertThat(Path.of(view, "open")).exists();
    assertThat(asNobody("cat", view + "/open")).contains("Permission denied");
    assertThat(asNobody("ls", directory.resolve("engine").toString()))
        .contains("Permission denied");
    assertThat(build.get(30, TimeUnit.SECONDS)).isNotNull();
  }

  private static String asNobody(String... command) throws Exception {
    var whole = new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--clear-groups"));
    whole.addAll(List.of("--regid", "65534", "--"));
    whole.addAll(List.of(command));
    var process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void refusesAUserThatIsNobodyHere() {
    assumeTrue(rung == IsolationRung.USER_NAMESPACE, "the machine's own identities have no end");
    assertThatThrownBy(
            () -> fixture.build("FROM busybox\nUSER 1999999999\nRUN id\n", Map.of(), heard))
        .hasMessageContaining("1999999999")
        .hasMessageContaining("1073741823");
  }

  @Test
  void takesNoResultOfALowerRungThanTheMinimum() throws Exception {
    assumeTrue(rung == IsolationRung.PLAIN, "there is nothing below the lowest");
    var request =
        fixture.request(
            "FROM busybox AS a\nRUN cat /proc/sys/kernel/random/uuid > /when\nFROM busybox\nCOPY --from=a /when /when\n",
            Map.of());
    var weak = fixture.build(request, heard);
    fixture.close();
    var fakes = fixture.fakes;
    closed = true;
    var upTo = new Rungs(IsolationRung.PLAIN, IsolationRung.USER_NAMESPACE);
    // Without a minimum the old result will do, and says how it was made.
    try (var any = new BuilderFixture(directory, upTo, fakes)) {
      var result = any.build(request, new FakePorts.Heard());
      assertThat(result.reusedFrom()).isPresent();
      assertThat(result.rung()).isEqualTo("plain");
      fakes.records.forgetBuilds();
      var step = any.build(request, new FakePorts.Heard());
      assertThat(step.usage().stepsRun()).isZero();
      assertThat(step.rung()).isEqualTo("plain");
    }
    var atLeast = Rungs.only(IsolationRung.USER_NAMESPACE);
    try (var strong = new BuilderFixture(directory, atLeast, fakes)) {
      var result = strong.build(request, new FakePorts.Heard());
      assertThat(result.rung()).isEqualTo("user-namespace");
      assertThat(result.reusedFrom()).isEmpty();
      assertThat(strong.text(result, "when")).isNotEqualTo(strong.text(weak, "when"));
    }
  }
}
