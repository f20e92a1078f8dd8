package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real projects: hundreds of files with packages from npm, and a package from Debian. */
@Tag("all")
class NpmProjectTest {
  private static final int FILES = 600;

  private static final String DOCKERFILE =
      """
      ARG BASE
      FROM $BASE
      WORKDIR /app
      COPY package.json ./
      RUN npm install --no-audit --no-fund
      COPY . .
      RUN node --check main.js
      USER app
      CMD ["node", "main.js"]
      """;

  @Test
  void aChangedFileInstallsNothingAgainAndTheImageRuns(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "node", "npm", "umoci", "skopeo");
    try (var workbench = Workbench.start(work)) {
      TestImages.addNode(workbench.registry(), work);
      Path project = Files.createDirectory(work.resolve("project"));
      generate(project, new Random(7));

      LiveServer.Outcome first = build(workbench, project, work.resolve("first.tar"));
      assertThat(first.exitCode()).as(first.error()).isZero();
      Files.writeString(project.resolve("src/module-300.js"), "module.exports = 'changed';\n");
      LiveServer.Outcome second = build(workbench, project, work.resolve("second.tar"));
      assertThat(second.exitCode()).as(second.error()).isZero();

      String install = stepOf(second.error(), "npm install");
      assertThat(second.error()).contains(install + " CACHED");
      assertThat(second.error()).doesNotContain("added ");
      String printed = RunningImage.run(work, work.resolve("second.tar"));
      assertThat(printed).contains("modules " + FILES).contains("changed").contains("semver ok");
    }
  }

  private static LiveServer.Outcome build(Workbench workbench, Path project, Path image) {
    return workbench.cairn(
        project,
        "build",
        "--progress",
        "plain",
        "--build-arg",
        "BASE=" + workbench.registry().host() + "/node",
        "--output",
        "type=oci,dest=" + image,
        ".");
  }

  /** The mark {@code #N} of the step, as the plain progress numbers it. */
  private static String stepOf(String progress, String text) {
    String line = progress.lines().filter(each -> each.contains(text)).findFirst().orElse("");
    assertThat(line).as(progress).startsWith("#");
    return line.substring(0, line.indexOf(' '));
  }

  private static void generate(Path project, Random random) throws IOException {
    Files.writeString(project.resolve("Dockerfile"), DOCKERFILE);
    Files.writeString(project.resolve(".dockerignore"), "node_modules\n.git\n");
    Files.writeString(
        project.resolve("package.json"),
        """
        {
          "name": "generated", "version": "1.0.0", "private": true,
          "dependencies": { "semver": "7.6.3", "ms": "2.1.3", "picocolors": "1.1.1" }
        }
        """);
    Path sources = Files.createDirectory(project.resolve("src"));
    for (int n = 0; n < FILES; n++) {
      String filling = "// " + Long.toHexString(random.nextLong()) + "\n";
      Files.writeString(
          sources.resolve("module-" + n + ".js"),
          filling.repeat(1 + random.nextInt(60)) + "module.exports = " + n + ";\n");
    }
    Files.writeString(
        project.resolve("main.js"),
        """
        const fs = require('node:fs');
        const semver = require('semver');
        const files = fs.readdirSync(__dirname + '/src');
        const values = files.map((file) => require('./src/' + file));
        console.log('modules ' + values.length);
        console.log(values.filter((value) => typeof value === 'string').join());
        console.log(semver.gt('2.0.0', '1.9.9') ? 'semver ok' : 'semver broken');
        console.log(require('ms')('2 days'));
        """);
  }

  @Test
  void installsAPackageOfDebian(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "mmdebstrap");
    Path base = debianBase();
    try (var workbench = Workbench.start(work)) {
      workbench.registry().add("debian", Map.of(), List.of(base));
      Path project = Files.createDirectory(work.resolve("project"));
      Files.writeString(
          project.resolve("Dockerfile"),
          """
          FROM %s/debian
          RUN apt-get update && apt-get install -y --no-install-recommends hello && rm -rf /var/lib/apt/lists/*
          RUN hello > /greeting
          """
              .formatted(workbench.registry().host()));
      Path image = work.resolve("image.tar");

      LiveServer.Outcome outcome =
          workbench.cairn(
              project, "build", "--progress", "plain", "--output", "type=oci,dest=" + image, ".");

      assertThat(outcome.exitCode()).as(outcome.error()).isZero();
      assertThat(ImageSummary.ofOciArchive(image))
          .contains("file greeting 644 0:0 file 14 \"Hello, world!\\n\"")
          .contains("file usr/bin/hello ");
    }
  }

  /** A minimal Debian, made once and kept. */
  static Path debianBase() throws IOException, InterruptedException {
    return DebianBase.make("certificates", false, "ca-certificates");
  }
}
