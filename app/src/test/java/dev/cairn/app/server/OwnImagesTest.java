package dev.cairn.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.service.assembly.ServiceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose name a FROM means. */
class OwnImagesTest {
  private static final byte[] INDEX =
      ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[]}")
          .getBytes(StandardCharsets.UTF_8);

  private final Path memory;

  OwnImagesTest() throws IOException {
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-own-images");
  }

  private static BuildJob job(String tenant) {
    var id = new TenantId(tenant);
    return new BuildJob(
        new BuildId(1, 1),
        1,
        new BuildRequest(
            id,
            new Origin("test", Optional.empty(), "t", "api", Optional.empty()),
            Map.of(),
            Map.of(),
            new Recipe.Import(Reference.parse("x"), List.of()),
            CacheOptions.of(CacheScope.of(id, "default")),
            Inputs.NONE,
            Outputs.DEFAULT,
            Limits.DEFAULT,
            Schedule.DEFAULT),
        Limits.DEFAULT,
        Instant.EPOCH);
  }

  @AfterEach
  void remove() throws IOException {
    try (var files = Files.walk(memory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void nobodysNameShadowsAPublicBaseOrAnotherTenants(@TempDir Path directory) throws Exception {
    var blobs = new LocalBlobStore(directory.resolve("blobs"));
    try (var service =
        new CairnService(
            ServiceSettings.of(directory.resolve("data"), memory),
            blobs,
            Optional.empty(),
            Clock.systemUTC(),
            (measure, number, labels) -> {})) {
      var acme = new TenantId("acme");
      for (String name : List.of("debian", "library/debian", "other/app", "docker.io/debian")) {
        service
            .images()
            .put(
                acme,
                new RepositoryName(name),
                Optional.of(Tag.LATEST),
                MediaType.OCI_INDEX,
                INDEX);
      }
      var own = new OwnImages(service.images(), service.leases(), Set.of("cairn.test:5000"));

      for (String base :
          List.of("debian", "library/debian", "docker.io/library/debian", "x.test/debian")) {
        assertThat(own.find(job("acme"), Reference.parse(base))).as(base).isEmpty();
      }
      assertThat(own.find(job("acme"), Reference.parse("cairn.test:5000/debian"))).isPresent();
      assertThat(own.find(job("acme"), Reference.parse("cairn.test:5000/acme/debian"))).isPresent();
      assertThat(own.find(job("other"), Reference.parse("cairn.test:5000/debian"))).isEmpty();
      assertThat(own.find(job("other"), Reference.parse("cairn.test:5000/acme/debian"))).isEmpty();
      // A name that looks like another tenant's is the caller's own and nothing of that tenant's.
      assertThat(own.find(job("other"), Reference.parse("cairn.test:5000/other/app"))).isEmpty();
    }
  }
}
