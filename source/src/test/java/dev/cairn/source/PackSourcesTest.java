package dev.cairn.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Phase;
import dev.cairn.build.Recipe;
import dev.cairn.build.RelativePath;
import dev.cairn.build.Schedule;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Secrets;
import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackSourcesTest {
  @TempDir Path directory;

  private final Map<String, String> sealed = new HashMap<>();
  private final Recorder sink = new Recorder();
  private ContextPacks packs;
  private PackSources sources;

  @BeforeEach
  void open() throws IOException {
    packs = new ContextPacks(new LocalBlobStore(directory), ArchiveLimits.DEFAULT);
    sources = new PackSources(packs, new MapSecrets());
  }

  @Test
  void opensArchives() throws IOException {
    Digest pack = pack("a/b", "1");

    try (var source = sources.open(job(), Context.of(archive(pack)), sink)) {
      assertThat(text(source.files(), "a/b")).isEqualTo("1");
      assertThat(source.identity()).isEqualTo(pack);
    }
    assertThat(sink.materials).extracting(BuildResult.Material::kind).containsExactly("archive");
    assertThat(sink.phases).containsExactly(Phase.SOURCE);
  }

  @Test
  void opensManifestsAndNothing() throws IOException {
    try (var source = sources.open(job(), Context.of(new Source.None()), sink)) {
      assertThat(source.files().walk("")).hasSize(1);
    }
    Digest pack = pack("f", "1");
    try (var source = sources.open(job(), Context.of(new Source.Manifest(pack)), sink)) {
      assertThat(text(source.files(), "f")).isEqualTo("1");
    }
  }

  @Test
  void laysAddedFilesOverTheSource() throws IOException {
    Digest pack = pack("a/b", "1", "c", "2");
    sealed.put("x", "new");
    sealed.put("y", "below a file");
    var context =
        new Context(
            archive(pack),
            RelativePath.ROOT,
            Map.of(
                RelativePath.of("a/b"), new SealedBytes("x"),
                RelativePath.of("c/d"), new SealedBytes("y")));

    try (var source = sources.open(job(), context, sink)) {
      assertThat(text(source.files(), "a/b")).isEqualTo("new");
      assertThat(text(source.files(), "c/d")).isEqualTo("below a file");
      assertThat(source.identity()).isNotEqualTo(pack);
      assertThat(source.files().lookup("a/b").orElseThrow().attributes())
          .isEqualTo(Attributes.of(0644));
    }
  }

  @Test
  void identityFollowsTheAddedFiles() throws IOException {
    Digest pack = pack("f", "1");
    var context =
        new Context(
            archive(pack), RelativePath.ROOT, Map.of(RelativePath.of("g"), new SealedBytes("x")));

    assertThat(identity(context, "1")).isEqualTo(identity(context, "1"));
    assertThat(identity(context, "1")).isNotEqualTo(identity(context, "2"));
  }

  @Test
  void refusesFilesOverDirectories() throws IOException {
    sealed.put("x", "1");
    var context =
        new Context(
            archive(pack("a/b", "1")),
            RelativePath.ROOT,
            Map.of(RelativePath.of("a"), new SealedBytes("x")));

    assertThatThrownBy(() -> sources.open(job(), context, sink))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("'a'");
  }

  @Test
  void saysThatUploadIsGone() {
    assertThatThrownBy(
            () -> sources.open(job(), Context.of(archive(Digest.sha256(new byte[1]))), sink))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.SOURCE);
              assertThat(e.code()).isEqualTo("source-gone");
            });
  }

  // N.git, N.image: refused by name
  @Test
  void refusesWhatWouldHaveToBeFetched() {
    var git =
        new Source.Git(
            "https://h/r.git", Optional.empty(), false, false, false, 1, Optional.empty());

    assertThatThrownBy(() -> sources.open(job(), Context.of(git), sink))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INPUT);
              assertThat(e.code()).isEqualTo("unsupported-source");
            })
        .hasMessageContaining("Git");
    var image = new Source.Image(Reference.parse("debian:13"));
    assertThatThrownBy(() -> sources.open(job(), Context.of(image), sink))
        .hasMessageContaining("debian:13");
  }

  private Digest identity(Context context, String text) {
    sealed.put("x", text);
    try (var source = sources.open(job(), context, sink)) {
      return source.identity();
    }
  }

  private static Source archive(Digest pack) {
    return new Source.Archive(Digest.sha256(new byte[0]), pack);
  }

  private Digest pack(String... pathsAndTexts) throws IOException {
    var out = new ByteArrayOutputStream();
    var tar = new TarWriter(TarSink.of(out), true);
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      byte[] bytes = pathsAndTexts[i + 1].getBytes(UTF_8);
      tar.add(
          TarEntry.file(pathsAndTexts[i], Attributes.of(0644), bytes.length),
          new ByteArrayInputStream(bytes));
    }
    tar.finish();
    try (var pack = packs.read(new ByteArrayInputStream(out.toByteArray()))) {
      return pack.id();
    }
  }

  private static String text(FileTree tree, String path) throws IOException {
    try (var in = tree.open(tree.lookup(path).orElseThrow())) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static BuildJob job() {
    var tenant = new TenantId("t");
    var request =
        new BuildRequest(
            tenant,
            new Origin("cairn", Optional.empty(), "a", "api", Optional.empty()),
            Map.of(),
            Map.of(),
            new Recipe.Steps(Optional.empty(), List.of(), List.of(), Recipe.RunOptions.DEFAULT),
            CacheOptions.of(CacheScope.of(tenant, "default")),
            Inputs.NONE,
            Outputs.DEFAULT,
            Limits.DEFAULT,
            Schedule.DEFAULT);
    return new BuildJob(new BuildId(1, 1), 1, request, Limits.DEFAULT, Instant.EPOCH);
  }

  private final class MapSecrets implements Secrets {
    @Override
    public Optional<byte[]> value(BuildJob job, String id) {
      return Optional.empty();
    }

    @Override
    public byte[] open(BuildJob job, SealedBytes handle) {
      return Optional.ofNullable(sealed.get(handle.handle())).orElseThrow().getBytes(UTF_8);
    }

    @Override
    public String version(BuildJob job, String id) {
      return "";
    }
  }

  private static final class Recorder implements BuildSink {
    private final List<BuildResult.Material> materials = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();

    @Override
    public void event(BuildEvent.Body body) {}

    @Override
    public void phase(Phase phase) {
      phases.add(phase);
    }

    @Override
    public void layerFinished(Descriptor layer) {}

    @Override
    public void material(BuildResult.Material material) {
      materials.add(material);
    }
  }
}
