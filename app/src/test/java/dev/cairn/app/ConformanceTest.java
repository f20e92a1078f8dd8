package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public conformance programs of the distribution specification, as scripts/install-conformance
 * builds them: the one that knows the four categories, and the newest, which tests each interface
 * and each kind of content. What they said last stands in docs/conformance.md.
 */
@Tag("all")
class ConformanceTest {
  private static final Path TOOLS =
      Path.of(System.getProperty("user.home"), ".cache", "cairn", "tools");

  @TempDir Path directory;
  private LiveServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    for (String tool : List.of("oci-conformance", "oci-conformance-categories")) {
      assumeTrue(
          Files.isExecutable(TOOLS.resolve(tool)),
          () -> tool + " is not installed: run scripts/install-conformance");
    }
    server = LiveServer.start(directory.resolve("data"), List.of());
    token = server.token("acme");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void passesInAllFourCategories() throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("OCI_ROOT_URL", server.url());
    settings.put("OCI_NAMESPACE", "acme/conformance/one");
    settings.put("OCI_CROSSMOUNT_NAMESPACE", "acme/conformance/two");
    settings.put("OCI_USERNAME", "any");
    settings.put("OCI_PASSWORD", token);
    settings.put("OCI_AUTOMATIC_CROSSMOUNT", "1");
    settings.put("OCI_REPORT_DIR", directory.toString());
    for (String category : List.of("PULL", "PUSH", "CONTENT_DISCOVERY", "CONTENT_MANAGEMENT")) {
      settings.put("OCI_TEST_" + category, "1");
    }
    var outcome =
        Commands.run(
            directory, settings, List.of(TOOLS.resolve("oci-conformance-categories").toString()));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("SUCCESS!").contains("0 Failed");
    keep("categories", directory.resolve("junit.xml"), outcome.output());
  }

  @Test
  void passesForEveryInterfaceAndKindOfContent() throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("OCI_REGISTRY", server.host());
    settings.put("OCI_TLS", "disabled");
    settings.put("OCI_REPO1", "acme/conformance/one");
    settings.put("OCI_REPO2", "acme/conformance/two");
    settings.put("OCI_USERNAME", "any");
    settings.put("OCI_PASSWORD", token);
    settings.put("OCI_RESULTS_DIR", directory.resolve("results").toString());
    // What is optional and offered.
    settings.put("OCI_API_BLOBS_UPLOAD_CANCEL", "true");
    settings.put("OCI_API_BLOBS_DIGEST_HEADER", "true");
    settings.put("OCI_API_MANIFESTS_DIGEST_HEADER", "true");
    // What is refused by name: content that lies at addresses outside the registry.
    settings.put("OCI_DATA_NONDISTRIBUTABLE", "false");
    var outcome =
        Commands.run(directory, settings, List.of(TOOLS.resolve("oci-conformance").toString()));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("OCI Conformance Result: Pass")
        .containsPattern("FAIL\\.+: +0\n")
        .containsPattern("Error\\.+: +0\n")
        .containsPattern("Skip\\.+: +0\n");
    keep("interfaces", directory.resolve("results/junit.xml"), outcome.output());
  }

  /** For the page in docs, if a directory is named for it. */
  private static void keep(String name, Path results, String output) throws Exception {
    String into = System.getProperty("cairn.conformance.keep", "");
    if (!into.isEmpty()) {
      Path kept = Files.createDirectories(Path.of(into));
      Files.writeString(kept.resolve(name + ".txt"), output);
      Files.copy(results, kept.resolve(name + ".xml"));
    }
  }
}
