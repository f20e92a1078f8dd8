package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official Python library of the Hypeman dialect, unmodified; the suite is in clients/. */
@Tag("all")
class HypemanPythonClientTest {

  @Test
  void theOfficialLibraryFindsWhatItExpects(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "python3", "pip3");
    Path suite = Path.of("..", "clients", "hypeman-python").toAbsolutePath().normalize();
    Path library = work.resolve("library");
    Commands.succeed(
        work,
        "pip3",
        "install",
        "-q",
        "--target",
        library.toString(),
        "-r",
        suite.resolve("requirements.txt").toString());
    try (var workbench = Workbench.start(work, "--slots", "2")) {
      Map<String, String> environment = new HashMap<>();
      environment.put("PYTHONPATH", library.toString());
      environment.put("CAIRN_URL", workbench.server().url());
      environment.put("CAIRN_TOKEN", workbench.token());
      environment.put("CAIRN_BASE", workbench.base());
      environment.put("CAIRN_BASE_DIGEST", workbench.registry().latest("busybox"));

      Commands.Outcome outcome =
          Commands.run(
              suite, environment, List.of("python3", "-B", "-m", "unittest", "-v", "suite"));

      assertThat(outcome.code()).as(outcome.output()).isZero();
    }
  }
}
