package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildEvent.Outcome;
import dev.cairn.build.BuildException;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Recipe;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must not leak, must not be shared and must not be left over. */
@Tag("slow")
class NativeBuilderTrustTest {
  private static final String CANARY = "c4n4ry-v4lue-9f31";
  private static final CacheScope SHARED = CacheScope.shared("public");

  @TempDir Path directory;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void needs() {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private BuilderFixture fixture() throws IOException {
    var fixture = new BuilderFixture(directory);
    opened.add(fixture);
    return fixture;
  }

  // Threat 10
  @Test
  void leavesNoSecretInBlobsRecordsEventsErrorsOrFiles() throws Exception {
    BuilderFixture fixture = fixture();
    fixture.fakes.secretValues.put("token", CANARY);
    var heard = new FakePorts.Heard();
    String uses =
        """
        FROM busybox
        RUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN \\
            cat /run/secrets/token; echo "<$TOKEN>"; echo done > /done
        """;
    fixture.build(uses, Map.of("planted", "bait-7c1d"), heard);
    String fails =
        "FROM busybox\nRUN --mount=type=secret,id=token,env=T sh -c \"exit 3\" $T; cat $T; exit 3\n";
    assertThatThrownBy(() -> fixture.build(fails, Map.of(), heard))
        .isInstanceOf(BuildException.class)
        .hasMessageNotContaining(CANARY);

    assertThat(heard.log()).contains("****<****>");
    assertThat(places(fixture, heard, "bait-7c1d"))
        .as("the search finds what is there")
        .isNotEmpty();
    assertThat(places(fixture, heard, CANARY)).isEmpty();
  }

  /** Where the value stands, plainly or encoded, in anything that was kept or told. */
  private List<String> places(BuilderFixture fixture, FakePorts.Heard heard, String value)
      throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    var forms = new ArrayList<String>();
    forms.add(value);
    forms.add(HexFormat.of().formatHex(bytes));
    forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
    for (int shift = 0; shift < 3; shift++) {
      // However the value falls into base64's groups of three bytes, its middle reads like this.
      var shifted = new byte[shift + bytes.length];
      System.arraycopy(bytes, 0, shifted, shift, bytes.length);
      String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      forms.add(text.substring(shift == 0 ? 0 : 4, text.length() - 4));
    }
    var found = new ArrayList<String>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        search(file.toString(), Files.readAllBytes(file), forms, found);
      }
    }
    search("events", heard.events.toString().getBytes(StandardCharsets.UTF_8), forms, found);
    var scope = CacheScope.of(BuilderFixture.TENANT, "default");
    for (String body : fixture.fakes.records.bodies(scope)) {
      search("a record", body.getBytes(StandardCharsets.UTF_8), forms, found);
    }
    return found;
  }

  private static void search(String name, byte[] bytes, List<String> forms, List<String> found)
      throws IOException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    forms.stream().filter(text::contains).forEach(form -> found.add(name + ": " + form));
    if (bytes.length > 2 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        search(name + " (unpacked)", in.readAllBytes(), forms, found);
      }
    }
  }

  // Threats 7, 8 and 10
  @Test
  void sharesPublicStepsAndNeverThoseWithSecretsOrOwnImages() throws Exception {
    BuilderFixture fixture = fixture();
    fixture.fakes.secretValues.put("token", CANARY);
    var writing =
        new CacheOptions(
            Optional.of(SHARED),
            List.of(SHARED),
            true,
            Set.of(),
            List.of(),
            List.of(),
            Optional.empty());
    var reading =
        new CacheOptions(
            Optional.of(CacheScope.of(BuilderFixture.TENANT, "mine")),
            List.of(CacheScope.of(BuilderFixture.TENANT, "mine"), SHARED),
            true,
            Set.of(),
            List.of(),
            List.of(),
            Optional.empty());
    String own = "FROM busybox\nRUN echo own > /own\n";
    fixture.build(fixture.request(own, Map.of(), writing), new FakePorts.Heard());
    assertThat(fixture.fakes.records.bodies(SHARED)).isEmpty();

    Digest base = Objects.requireNonNull(fixture.fakes.images.remove("library/busybox"));
    try (var registry = new TinyRegistry(fixture, base)) {
      String dockerfile =
          "FROM "
              + registry.host()
              + "/base\nRUN echo open > /o\n"
              + "RUN --mount=type=secret,id=token test -s /run/secrets/token\nRUN echo after\n";
      fixture.build(fixture.request(dockerfile, Map.of(), writing), new FakePorts.Heard());
      var heard = new FakePorts.Heard();
      fixture.build(fixture.request(dockerfile, Map.of(), reading), heard);
      assertThat(heard.outcomes())
          .containsExactly(Outcome.CACHED, Outcome.CACHED, Outcome.RAN, Outcome.RAN);
      fixture.fakes.records.forgetBuilds();
      int written = fixture.fakes.records.bodies(SHARED).size();
      var again = new FakePorts.Heard();
      fixture.build(fixture.request(dockerfile + "RUN echo more\n", Map.of(), reading), again);
      assertThat(again.outcomes().subList(0, 4)).containsOnly(Outcome.CACHED);
      assertThat(fixture.fakes.records.bodies(SHARED)).hasSize(written);
    }
  }

  @Test
  void passesAnImportedImageOnUnchanged() throws Exception {
    BuilderFixture fixture = fixture();
    Digest base = Objects.requireNonNull(fixture.fakes.images.remove("library/busybox"));
    try (var registry = new TinyRegistry(fixture, base)) {
      var recipe = new Recipe.Import(Reference.parse(registry.host() + "/base:1"), List.of());
      var scope = CacheOptions.of(CacheScope.of(BuilderFixture.TENANT, "default"));
      var request = fixture.request(recipe, fixture.emptyContext(), scope);
      assertThat(fixture.build(request, new FakePorts.Heard()).image().digest()).isEqualTo(base);
      assertThat(fixture.build(request, new FakePorts.Heard()).image().digest()).isEqualTo(base);
    }
  }

  // Threat 2
  @Test
  void keepsSetuidProgramsAndDevicesPowerlessOnTheHost() throws Exception {
    BuilderFixture fixture = fixture();
    var heard = new FakePorts.Heard();
    fixture.build(
        """
        FROM busybox
        RUN mkdir /s && cp /bin/busybox /s/cat && chmod 4755 /s/cat
        RUN mknod /null c 1 3 || echo refused
        RUN echo only-root > /tight && chmod 600 /tight
        USER app
        RUN /s/cat /tight; /bin/cat /tight || echo closed
        """,
        Map.of(),
        heard);

    assertThat(heard.log()).contains("closed");
    Path data = directory.resolve("engine");
    assertThat(Files.getPosixFilePermissions(data))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
        .filteredOn(line -> line.split(" ")[4].startsWith(data.toString()))
        .isNotEmpty()
        .allMatch(line -> line.contains("nosuid") && line.contains("nodev"));
  }

  // Threat 20
  @Test
  void sweepsWhatAKilledEngineLeft() throws Exception {
    String prefix = "cairn-test-killed-" + ProcessHandle.current().pid();
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KilledEngine.class.getName(),
                directory.toString(),
                prefix,
                "FROM busybox\nRUN --mount=type=cache,target=/c --mount=target=/s,rw"
                    + " echo started; sleep 7654.25\n")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("started");
      assertThat(mounts()).hasSizeGreaterThan(2);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    var fixture = new BuilderFixture(directory, prefix);
    opened.add(fixture);

    // The data directory over itself, and its view with the identities of steps.
    assertThat(mounts()).hasSize(2);
    assertThat(commandLines()).noneMatch(line -> line.contains("7654.25"));
    for (String emptied : List.of("steps", "roots", "runtime")) {
      assertThat(fixture.steps().resolve(emptied)).isEmptyDirectory();
    }
    for (String emptied : List.of("work", "trees/d")) {
      try (var left = Files.list(directory.resolve("engine").resolve(emptied))) {
        assertThat(left).as(emptied).allMatch(path -> isLinked(path));
      }
    }
    assertThat(fixture.build("FROM busybox\nRUN echo on\n", Map.of(), new FakePorts.Heard()))
        .isNotNull();
    fixture.close();
    opened.clear();
    assertThat(mounts()).isEmpty();
    assertThat(fixture.steps()).doesNotExist();
  }

  private boolean isLinked(Path tree) {
    try (Stream<Path> links = Files.list(directory.resolve("engine/trees/by"))) {
      return links.anyMatch(link -> target(link).equals(String.valueOf(tree.getFileName())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.split(" ")[4].startsWith(directory.toString()))
        .toList();
  }

  private static List<String> commandLines() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .toList();
  }
}
