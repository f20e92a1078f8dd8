package dev.cairn.engine;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.content.layer.LayerSettings;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.layer.MergedView;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.engine.run.CommandNetwork;
import dev.cairn.engine.run.CommandSurroundings;
import dev.cairn.engine.step.Privileges;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.OciRuntime;
import dev.cairn.linux.sandbox.SandboxSettings;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An engine with a busybox base made by code, for tests that really run commands. */
final class BuilderFixture implements AutoCloseable {
  static final Path BUSYBOX = Path.of("/usr/bin/busybox");
  static final TenantId TENANT = new TenantId("acme");

  /** Where a test may serve images: the one internal address that the fixture allows. */
  static final int REGISTRY = 15_987;

  /** gVisor is slow: tests that want it say so. */
  private static final SandboxSettings.Rungs USUAL =
      new SandboxSettings.Rungs(IsolationRung.PLAIN, IsolationRung.USER_NAMESPACE);

  final FakePorts fakes;
  final LocalBlobStore blobs;
  final NativeBuilder builder;
  private final Path steps;
  private final CompressionPool pool = new CompressionPool(2);
  private final HttpFetcher fetcher;
  private final SecureRandom random = new SecureRandom();

  BuilderFixture(Path directory) throws IOException {
    this(directory, freshPrefix());
  }

  /** With a prefix that another process may have used. */
  BuilderFixture(Path directory, String prefix) throws IOException {
    this(directory, prefix, USUAL, new FakePorts(), Privileges.NONE);
  }

  /** On certain rungs. */
  BuilderFixture(Path directory, SandboxSettings.Rungs rungs) throws IOException {
    this(directory, rungs, new FakePorts());
  }

  /** On certain rungs, with what another engine has remembered. */
  BuilderFixture(Path directory, SandboxSettings.Rungs rungs, FakePorts fakes) throws IOException {
    this(directory, freshPrefix(), rungs, fakes, Privileges.NONE);
  }

  /** On a rung, with privileges that the operator allows. */
  BuilderFixture(Path directory, SandboxSettings.Rungs rungs, Privileges privileges)
      throws IOException {
    this(directory, freshPrefix(), rungs, new FakePorts(), privileges);
  }

  /** With something else around its commands. */
  BuilderFixture(Path directory, CommandSurroundings surroundings) throws IOException {
    this(directory, surroundings, new FakePorts());
  }

  /** With something else around its commands, and with what another engine has remembered. */
  BuilderFixture(Path directory, CommandSurroundings surroundings, FakePorts fakes)
      throws IOException {
    this(directory, freshPrefix(), USUAL, fakes, Privileges.NONE, surroundings);
  }

  private static String freshPrefix() {
    return "cairn-test-" + new SecureRandom().nextInt(1 << 20);
  }

  private BuilderFixture(
      Path directory,
      String prefix,
      SandboxSettings.Rungs rungs,
      FakePorts fakes,
      Privileges privileges)
      throws IOException {
    this(directory, prefix, rungs, fakes, privileges, surroundings(rungs));
  }

  /** Debian's gVisor of 2022 takes every network of a recent kernel for the machine's own. */
  private static CommandSurroundings surroundings(SandboxSettings.Rungs rungs) {
    return rungs.highest() == IsolationRung.GVISOR
        ? CommandSurroundings.USUAL.with(new CommandNetwork.Nothing())
        : CommandSurroundings.USUAL;
  }

  private BuilderFixture(
      Path directory,
      String prefix,
      SandboxSettings.Rungs rungs,
      FakePorts fakes,
      Privileges privileges,
      CommandSurroundings surroundings)
      throws IOException {
    this.fakes = fakes;
    Files.setPosixFilePermissions(
        directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    blobs = new LocalBlobStore(directory.resolve("blobs"));
    fetcher =
        new HttpFetcher(
            FetchSettings.of(AddressPolicy.allowing(List.of("127.0.0.1/32:" + REGISTRY))));
    var registry =
        new RegistryClient(
            fetcher,
            RegistrySettings.DEFAULT.withHosts(
                Map.of(new RegistryHost("127.0.0.1:" + REGISTRY), RegistrySettings.Host.plain())),
            RegistryCredentials.NONE);
    fakes.images.put("library/busybox", busybox());
    var usual = EngineConfig.in(directory.resolve("engine")).withPrefix(prefix).with(surroundings);
    var config =
        usual
            .with(usual.sandbox().withRungs(rungs).withRuntimes(List.of("crun", "runc", "runsc")))
            .withPrivileges(privileges);
    steps = config.sandbox().directory();
    builder =
        NativeBuilder.open(
            config,
            fakes.ports(),
            new EngineTools(blobs, pool, tenant -> SegmentCache.NONE, registry, fetcher));
    builder.sweep();
  }

  /** Where merged trees of steps are mounted. */
  Path steps() {
    return steps;
  }

  /** Whether a rung can be tried here. */
  static boolean has(IsolationRung rung) {
    return rung != IsolationRung.GVISOR || OciRuntime.find("runsc").isPresent();
  }

  static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root") && Files.exists(BUSYBOX);
  }

  /** A request for a Dockerfile with these files beside it. */
  BuildRequest request(String dockerfile, Map<String, String> files) throws IOException {
    return request(dockerfile, files, CacheOptions.of(CacheScope.of(TENANT, "default")));
  }

  BuildRequest request(String dockerfile, Map<String, String> files, CacheOptions cache)
      throws IOException {
    return request(recipe(dockerfile), context(files), cache);
  }

  static Recipe recipe(String dockerfile) {
    return recipe(dockerfile, Recipe.RunOptions.DEFAULT);
  }

  static Recipe recipe(String dockerfile, Recipe.RunOptions options) {
    return new Recipe.Dockerfile(
        new Recipe.DockerfileText.Inline(dockerfile),
        Optional.empty(),
        Map.of(),
        List.of(),
        Map.of(),
        options,
        Map.of());
  }

  /** A request for a recipe on a context. */
  BuildRequest request(Recipe recipe, Digest context, CacheOptions cache) {
    return new BuildRequest(
        TENANT,
        new Origin("test", Optional.empty(), "me", "api", Optional.empty()),
        Map.of(),
        Map.of("", Context.of(new Source.Manifest(context))),
        recipe,
        cache,
        Inputs.NONE,
        Outputs.DEFAULT,
        Limits.DEFAULT,
        Schedule.DEFAULT);
  }

  BuildResult build(BuildRequest request, FakePorts.Heard heard) throws InterruptedException {
    return build(request, Limits.DEFAULT, heard);
  }

  BuildResult build(BuildRequest request, Limits limits, FakePorts.Heard heard)
      throws InterruptedException {
    Instant now = Instant.now();
    var job = new BuildJob(BuildId.next(now, random), 1, request, limits, now);
    return builder.build(job, heard);
  }

  /** The same request of another tenant, in that tenant's scope of this name. */
  static BuildRequest of(TenantId tenant, String scope, BuildRequest request) {
    return new BuildRequest(
        tenant,
        request.origin(),
        request.labels(),
        request.contexts(),
        request.recipe(),
        CacheOptions.of(CacheScope.of(tenant, scope)),
        request.inputs(),
        request.outputs(),
        request.limits(),
        request.schedule());
  }

  /** Limits of memory, disk, inodes and processes; 0 is none. */
  static Limits limits(long memory, long disk, long inodes, int processes) {
    return new Limits(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(memory).filter(n -> n > 0),
        Optional.of(disk).filter(n -> n > 0),
        Optional.of(inodes).filter(n -> n > 0),
        Optional.of(processes).filter(n -> n > 0),
        Optional.empty());
  }

  BuildResult build(String dockerfile, Map<String, String> files, FakePorts.Heard heard)
      throws Exception {
    return build(request(dockerfile, files), heard);
  }

  Manifest manifest(BuildResult result) throws IOException {
    return Manifest.parse(bytes(result.image().digest()));
  }

  ImageConfig config(BuildResult result) throws IOException {
    return ImageConfig.parse(bytes(manifest(result).config().digest()));
  }

  /** The files of the image, merged. */
  MergedView files(BuildResult result) throws IOException {
    var reader = new dev.cairn.content.layer.LayerReader(blobs, ArchiveLimits.DEFAULT);
    var layers = new java.util.ArrayList<dev.cairn.content.layer.Layer>();
    for (Descriptor layer : manifest(result).layers()) {
      layers.add(
          reader.read(layer.digest(), Optional.empty(), dev.cairn.content.layer.LayerSink.NONE));
    }
    return MergedView.of(layers, blobs);
  }

  String text(BuildResult result, String path) throws IOException {
    MergedView files = files(result);
    try (InputStream in = files.open(files.lookup(path).orElseThrow())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  byte[] bytes(Digest digest) throws IOException {
    try (InputStream in = blobs.open(digest)) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() throws IOException {
    builder.close();
    fetcher.close();
    pool.close();
  }

  private Digest context(Map<String, String> files) throws IOException {
    var contents = new TreeMap<String, byte[]>();
    files.forEach((name, text) -> contents.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return contextOf(contents);
  }

  /** A request for a Dockerfile with files that are no text. */
  BuildRequest requestOf(String dockerfile, Map<String, byte[]> files) throws IOException {
    return request(
        recipe(dockerfile), contextOf(files), CacheOptions.of(CacheScope.of(TENANT, "default")));
  }

  /** A context without files. */
  Digest emptyContext() throws IOException {
    return contextOf(Map.of());
  }

  private Digest contextOf(Map<String, byte[]> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var tar = new TarWriter(TarSink.of(bytes), false);
    for (var file : new TreeMap<>(files).entrySet()) {
      byte[] content = file.getValue();
      tar.add(TarEntry.file(file.getKey(), Attributes.of(0644), content.length));
      tar.content(new ByteArrayInputStream(content));
    }
    tar.finish();
    var pack =
        new ContextPacks(blobs, ArchiveLimits.DEFAULT)
            .read(new ByteArrayInputStream(bytes.toByteArray()));
    fakes.trees.put(new Source.Manifest(pack.id()).toString(), pack);
    return pack.id();
  }

  private Digest busybox() throws IOException {
    dev.cairn.content.layer.Layer layer;
    var settings = new LayerSettings(CompressorId.gzip(1), pool, SegmentCache.NONE, false);
    try (var writer = new LayerWriter(blobs, settings)) {
      for (String directory : List.of("bin", "etc", "root", "tmp", "usr", "usr/bin")) {
        int mode = directory.equals("tmp") ? 01777 : directory.equals("root") ? 0700 : 0755;
        writer.add(TarEntry.directory(directory, Attributes.of(mode)));
      }
      try (InputStream in = Files.newInputStream(BUSYBOX)) {
        writer.add(TarEntry.file("bin/busybox", Attributes.of(0755), Files.size(BUSYBOX)), in);
      }
      for (String name :
          "sh cat ls echo mkdir rm touch ln chmod chown sleep id env grep find test cp mv stat date head tail wc dd sync true false pwd hostname mount ps ip sed awk sort tr adduser"
              .split(" ")) {
        writer.add(TarEntry.symlink("bin/" + name, Attributes.of(0777), "busybox"));
      }
      for (var file :
          Map.of(
                  "etc/passwd",
                      "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\n",
                  "etc/group", "root:x:0:\napp:x:1001:\nextra:x:2000:app\n")
              .entrySet()) {
        byte[] bytes = file.getValue().getBytes(StandardCharsets.UTF_8);
        writer.add(
            TarEntry.file(file.getKey(), Attributes.of(0644), bytes.length),
            new ByteArrayInputStream(bytes));
      }
      layer = writer.finish();
    }
    ImageConfig config =
        ImageConfig.empty(Platform.current())
            .withConfig(
                ContainerConfig.EMPTY
                    .withEnv(List.of("PATH=/bin:/usr/bin"))
                    .withCmd(Optional.of(List.of("sh"))))
            .withLayers(List.of(layer.diffId()), List.of());
    byte[] bytes = config.toBytes();
    blobs.put(bytes);
    byte[] manifest =
        Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, bytes), List.of(layer.descriptor()))
            .toBytes();
    return blobs.put(manifest).digest();
  }
}
