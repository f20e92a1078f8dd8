package dev.cairn.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildCommandTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String READY =
      """
      {"id":"b1","state":"ready","result":{"image":{"mediaType":"application/vnd.oci.image.manifest.v1+json",
      "digest":"%s","size":7},"builder":"native","references":["127.0.0.1:7070/acme/app:1"]}}
      """
          .formatted(DIGEST);

  @TempDir Path directory;
  private FakeServer server;
  private CommandRun command;

  @BeforeEach
  void start() throws IOException {
    server = new FakeServer();
    server.willEndWith(READY);
    server.willSay(
        "{\"number\":1,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"state\",\"state\":\"building\"}",
        "{\"number\":2,\"at\":\"2026-01-01T00:00:01Z\",\"type\":\"log\",\"step\":1,\"stream\":\"stdout\",\"line\":\"hello\"}",
        "{\"number\":3,\"at\":\"2026-01-01T00:00:02Z\",\"type\":\"state\",\"state\":\"ready\"}");
    command = new CommandRun(directory).at(server);
    Files.createDirectories(directory.resolve("src"));
    Files.writeString(directory.resolve("src/Dockerfile"), "FROM scratch\nCOPY a b\n");
    Files.writeString(directory.resolve("src/a"), "content");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void printsTheDigestAloneAndProgressBeside() {
    var result = command.run("build", "-t", "app:1", "src");

    assertThat(result.err()).contains("building", "#1 hello");
    assertThat(result.out()).isEqualTo(DIGEST + "\n");
    assertThat(result.code()).isZero();
    assertThat(server.lastBuild().at("/outputs/names/0").asString("")).isEqualTo("app:1");
    assertThat(server.lastBuild().at("/recipe/dockerfile/path").asString(""))
        .isEqualTo("Dockerfile");
    assertThat(server.lastBuild().at("/contexts/~1/source").isMissingNode()).isTrue();
    assertThat(server.lastBuild().path("contexts").path("").path("source").has("manifest"))
        .isTrue();
  }

  @Test
  void narrowsTheNetworkOfSteps() {
    command.run("build", "--allow-host=deb.debian.org", "--allow-host=10.0.0.0/8:443", "src");
    assertThat(server.lastBuild().at("/limits/network").toString())
        .isEqualTo("{\"allow\":[\"deb.debian.org\",\"10.0.0.0/8:443\"]}");
    command.run("build", "--network=isolated", "src");
    assertThat(server.lastBuild().at("/limits/network").asString("")).isEqualTo("isolated");
    var both = command.run("build", "--network=none", "--allow-host=a.b", "src");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--allow-host narrows the default network");
  }

  @Test
  void saysWhatTheFlagsMeanInTheWordsOfTheApi() throws IOException {
    Files.writeString(directory.resolve("key"), "sesame");

    var result =
        command
            .with("FROM_ENV", "taken")
            .run(
                "build",
                "--build-arg=A=1",
                "--build-arg=FROM_ENV",
                "--build-arg=UNSET",
                "--add-host=db:10.0.0.1",
                "--ulimit=nofile=10:20",
                "--shm-size=64m",
                "--network=none",
                "--no-cache",
                "--no-cache-filter=x,y",
                "--cache-scope=team",
                "--timeout=10m",
                "--memory=2g",
                "--cpus=1.5",
                "--label=l=v",
                "--annotation=manifest:a=b",
                "--target=last",
                "--platform=linux/arm64",
                "--secret=id=k,src=key",
                "--stored-secret=npm",
                "--pull",
                "--provenance=false",
                "src");

    assertThat(result.code()).as(result.err()).isZero();
    var body = server.lastBuild();
    assertThat(body.at("/recipe/dockerfile/arguments").toString())
        .isEqualTo("{\"A\":\"1\",\"FROM_ENV\":\"taken\"}");
    assertThat(body.at("/recipe/dockerfile/addedHosts/db").asString("")).isEqualTo("10.0.0.1");
    assertThat(body.at("/recipe/dockerfile/ulimits/nofile/hard").asLong(0)).isEqualTo(20);
    assertThat(body.at("/recipe/dockerfile/shmBytes").asLong(0)).isEqualTo(64 << 20);
    assertThat(body.at("/recipe/dockerfile/platforms/0").asString("")).isEqualTo("linux/arm64");
    assertThat(body.at("/limits/network").asString("")).isEqualTo("none");
    assertThat(body.at("/limits/runSeconds").asLong(0)).isEqualTo(600);
    assertThat(body.at("/limits/memoryBytes").asLong(0)).isEqualTo(2L << 30);
    assertThat(body.at("/limits/cpus").toString()).isEqualTo("1.5");
    assertThat(body.at("/cache/enabled").asBoolean(true)).isFalse();
    assertThat(body.at("/cache/uncachedStages").toString()).isEqualTo("[\"x\",\"y\"]");
    assertThat(body.at("/cache/written/name").asString("")).isEqualTo("team");
    assertThat(body.at("/outputs/annotations/a").asString("")).isEqualTo("b");
    assertThat(body.at("/inputs/secrets/npm/stored").asString("")).isEqualTo("npm");
    assertThat(body.at("/inputs/secrets/k/value").asString(""))
        .isEqualTo(Base64.getEncoder().encodeToString("sesame".getBytes(StandardCharsets.UTF_8)));
    assertThat(result.err() + result.out()).doesNotContain("sesame", "t-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--attest=type=sbom",
        "--cache-from=x",
        "--cache-to=x",
        "--cgroup-parent=x",
        "--debug",
        "--load",
        "--policy=x",
        "--ssh=default",
        "--provenance=true",
        "--sbom=true",
        "--network=host",
        "--call=outline",
        "--annotation=index:a=b"
      })
  void refusesByNameWhatIsNotOffered(String flag) {
    var result = command.run("build", flag, "src");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(flag.replaceAll("=.*", "")).contains("not offered");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void pushesToTheRegistriesOfItsNames() {
    var result = command.run("build", "--push", "-t", "registry.test:5000/team/app:1", "src");

    assertThat(result.code()).as(result.err()).isZero();
    var outputs = server.lastBuild().path("outputs");
    assertThat(outputs.path("destinations").toString())
        .isEqualTo("[{\"reference\":\"registry.test:5000/team/app:1\"}]");
    assertThat(outputs.path("names").toString()).contains("registry.test:5000/team/app:1");

    command.run("build", "-o", "type=registry,name=other.test/app", "-t", "app", "src");
    assertThat(server.lastBuild().path("outputs").path("destinations").toString())
        .isEqualTo("[{\"reference\":\"other.test/app\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--push", "--push -t app:1", "-o type=registry -t team/app"})
  void refusesToPushWhereNoRegistryIsNamed(String flags) {
    var arguments = new java.util.ArrayList<>(java.util.List.of("build"));
    arguments.addAll(java.util.List.of(flags.split(" ")));
    arguments.add("src");

    var result = command.run(arguments.toArray(String[]::new));

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("--push").contains("HOST/");
    assertThat(server.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--ulimit=x",
        "--timeout=soon",
        "--cpus=many",
        "--add-host=x",
        "--memory=big",
        "--nope"
      })
  void namesTheOptionThatIsWrong(String flag) {
    var result = command.run("build", flag, "src");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(flag.replaceAll("=.*", ""));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void sendsADockerfileFromOutsideAsText() throws IOException {
    Files.writeString(directory.resolve("Other"), "FROM scratch\n");

    assertThat(command.run("build", "-f", "Other", "src").code()).isZero();

    assertThat(server.lastBuild().at("/recipe/dockerfile/text").asString(""))
        .isEqualTo("FROM scratch\n");
  }

  @Test
  void readsADockerfileFromStandardInput() {
    command.reading("FROM scratch\n".getBytes(StandardCharsets.UTF_8));

    assertThat(command.run("build", "-").code()).isZero();

    assertThat(server.lastBuild().at("/recipe/dockerfile/text").asString(""))
        .isEqualTo("FROM scratch\n");
    assertThat(server.lastBuild().path("contexts").path("").path("source").has("none")).isTrue();
  }

  @Test
  void streamsATarFromStandardInputAsItIs() throws IOException {
    byte[] tar = tar("Dockerfile", "FROM scratch\n");
    command.reading(tar);

    assertThat(command.run("build", "-").code()).isZero();

    assertThat(server.lastArchive()).isEqualTo(tar);
  }

  @Test
  void tellsABuildThatFailedFromAServerThatIsAway() {
    server.willEndWith("{\"id\":\"b1\",\"state\":\"failed\",\"failure\":{\"sentence\":\"no\"}}");
    var failed = command.run("build", "-q", "src");
    server.willEndWith("{\"id\":\"b1\",\"state\":\"cancelled\"}");
    var cancelled = command.run("build", "src");
    var away = command.run("build", "--server", "http://127.0.0.1:9", "src");
    var own = new CommandRun(directory).run("build", "src");

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("no");
    assertThat(cancelled.code()).isEqualTo(130);
    assertThat(away.code()).isEqualTo(3);
    assertThat(away.err()).contains("no server answers at 127.0.0.1:9").doesNotContain("\tat ");
    assertThat(own.code()).isEqualTo(3);
    assertThat(own.err()).contains("no server can be started");
  }

  @Test
  void writesMetadataAndOutputs() throws IOException {
    server.willGive("image bytes".getBytes(StandardCharsets.UTF_8));

    var result =
        command.run(
            "build",
            "--iidfile=id",
            "--metadata-file=meta",
            "-o",
            "type=oci,dest=out.tar",
            "-o",
            "type=docker,dest=-",
            "src");

    assertThat(result.out()).as("nothing but the image").isEqualTo("image bytes");
    assertThat(directory.resolve("out.tar")).hasContent("image bytes");
    assertThat(directory.resolve("id")).hasContent(DIGEST);
    assertThat(Files.readString(directory.resolve("meta")))
        .contains("\"containerimage.digest\" : \"" + DIGEST + "\"", "\"cairn.build.id\" : \"b1\"")
        .contains("127.0.0.1:7070/acme/app:1");
    assertThat(server.requests())
        .anyMatch(request -> request.endsWith("/output?type=oci"))
        .anyMatch(request -> request.endsWith("/output?type=docker"));
  }

  @Test
  void unpacksALocalOutputOnlyBelowItsDirectory() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      var link = new TarArchiveEntry("out", TarConstants.LF_SYMLINK);
      link.setLinkName("..");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      add(tar, "bin/tool", "x");
    }
    server.willGive(bytes.toByteArray());

    assertThat(command.run("build", "-o", "dest", "src").code()).isZero();

    assertThat(directory.resolve("dest/bin/tool")).hasContent("x");
    assertThat(directory.resolve("dest/out")).isSymbolicLink();

    server.willGive(tar("out/escaped", "x"));
    var second = command.run("build", "-o", "dest", "src");
    assertThat(second.code()).isNotZero();
    assertThat(directory.resolve("escaped")).doesNotExist();
  }

  @Test
  void checksWithoutAServer() throws IOException {
    Files.writeString(directory.resolve("src/Dockerfile"), "FROM scratch\ncopy a b\nRUN x\n");

    var result = command.run("build", "--check", "src");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("Dockerfile:2: ConsistentInstructionCasing");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void administersADataDirectoryDirectly() {
    var token = command.run("token", "create", "--data", "d", "--tenant", "acme", "--rights=a,b");
    assertThat(token.out()).isEqualTo("issued\n");
    assertThat(command.adminCall()).isEqualTo("token d acme [a, b]");

    command.reading("value".getBytes(StandardCharsets.UTF_8));
    var secret = command.run("secret", "set", "--data", "d", "--tenant", "acme", "id", "-");
    assertThat(secret.code()).as(secret.err()).isZero();
    assertThat(command.adminCall()).isEqualTo("secret d acme id value");
    assertThat(secret.out() + secret.err()).doesNotContain("value");
  }

  private static byte[] tar(String path, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      add(tar, path, text);
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String path, String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    var entry = new TarArchiveEntry(path);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
