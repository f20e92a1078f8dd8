package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are too large, in a server with little memory. */
@Tag("all")
class LimitsTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /** What the configuration below lets a context have. */
  private static final long CONTEXT = 256 * MIB;

  /** The largest source of the Hypeman dialect. */
  private static final long SOURCE = 512 * MIB;

  @Test
  void refusesWhatIsTooLargeAtOnceAndStaysUp(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    Path config = Files.writeString(work.resolve("cairn.yaml"), "uploadBytes: " + CONTEXT + "\n");
    try (var workbench =
        Workbench.start(
            work, work.resolve("data"), List.of("-Xmx256m"), "--config", config.toString())) {
      long before = size(workbench.server().data());

      var plain = archive(workbench, LargeBodies.plain(5 * GIB), CONTEXT - 2 * MIB);
      refused(plain, 413);
      assertThat(plain.sent()).as(plain.answer()).isBetween(CONTEXT, CONTEXT + MIB);

      var form = hypeman(workbench, LargeBodies.noise(5 * GIB), SOURCE - 2 * MIB);
      refused(form, 400);
      assertThat(form.answer()).contains("invalid_source");
      assertThat(form.sent()).isBetween(CONTEXT / 2, SOURCE + MIB);

      var gzip = archive(workbench, LargeBodies.gzipBomb(100 * GIB), Long.MAX_VALUE);
      refused(gzip, 413);
      var zstd = archive(workbench, LargeBodies.zstdBomb(100 * GIB), Long.MAX_VALUE);
      refused(zstd, 413);
      var bombed = hypeman(workbench, LargeBodies.gzipBomb(100 * GIB), Long.MAX_VALUE);
      refused(bombed, 400);

      assertThat(workbench.server().isAlive()).isTrue();
      assertThat(workbench.server().log()).doesNotContain("OutOfMemory");
      assertThat(size(workbench.server().data()) - before).isLessThan(16 * MIB);
      String id = workbench.submit("FROM " + workbench.base() + "\nRUN echo still here\n");
      assertThat(workbench.finished(id).path("state").asString()).isEqualTo("ready");
    }
  }

  private static void refused(EndlessUpload.Outcome outcome, int status) {
    assertThat(outcome.status()).as(outcome.answer()).isEqualTo(status);
  }

  private static EndlessUpload.Outcome archive(Workbench workbench, InputStream body, long slowFrom)
      throws Exception {
    return EndlessUpload.post(
        workbench.server().url() + "/api/v1/archives",
        Map.of(
            "Authorization",
            "Bearer " + workbench.token(),
            "Content-Type",
            "application/octet-stream"),
        body,
        slowFrom);
  }

  private static EndlessUpload.Outcome hypeman(
      Workbench workbench, InputStream source, long slowFrom) throws Exception {
    return EndlessUpload.post(
        workbench.server().url() + "/builds",
        Map.of(
            "Authorization",
            "Bearer " + workbench.token(),
            "Content-Type",
            "multipart/form-data; boundary=cairn-test-boundary"),
        LargeBodies.form("cairn-test-boundary", source),
        slowFrom);
  }

  private static long size(Path folder) throws Exception {
    return Long.parseLong(Commands.succeed(folder, "du", "-sxb", ".").split("\\s")[0]);
  }
}
