package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import dev.cairn.build.Phase;
import dev.cairn.build.Recipe;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.dockerfile.DockerfileException;
import dev.cairn.engine.base.BaseLayers;
import dev.cairn.engine.base.BaseResolver;
import dev.cairn.engine.cache.MissExplainer;
import dev.cairn.engine.cache.StepCache;
import dev.cairn.engine.disk.DiskLimit;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.graph.Contexts;
import dev.cairn.engine.graph.Evaluator;
import dev.cairn.engine.graph.PlanRequest;
import dev.cairn.engine.graph.Planned;
import dev.cairn.engine.graph.Planner;
import dev.cairn.engine.graph.Reporter;
import dev.cairn.engine.graph.TaskGroup;
import dev.cairn.engine.image.ImageWriter;
import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.LayerChanges;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.run.BuildEnvironment;
import dev.cairn.engine.run.NativeSteps;
import dev.cairn.engine.run.NetworkUse;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.engine.tree.TreePins;
import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.cgroup.CgroupUsage;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One build, from its job to its result; closing it leaves nothing of it. */
final class NativeBuild implements AutoCloseable {
  private final BuildJob job;
  private final BuildSink sink;
  private final NativeBuilder.Shared shared;
  private final TaskGroup tasks;
  private final TreePins pins;
  private final Contexts contexts;
  private final Materials materials;
  private final SecretMask mask = new SecretMask();
  private final NetworkUse flows;
  private final Path work;
  private final List<Reporter> reporters = new ArrayList<>();
  private Optional<Cgroup> cgroup = Optional.empty();
  private Optional<DiskMeter> disk = Optional.empty();

  NativeBuild(BuildJob job, BuildSink sink, NativeBuilder.Shared shared) throws IOException {
    this.job = job;
    this.materials = new Materials(sink);
    this.sink = materials;
    this.shared = shared;
    this.flows = new NetworkUse(this.sink, mask);
    this.tasks = new TaskGroup("build-" + job.id());
    this.pins = shared.trees().pins();
    this.contexts = new Contexts(shared.ports().sources(), job, this.sink);
    this.work = Files.createDirectory(shared.work().resolve("b-" + job.id() + "-" + job.attempt()));
    Files.setPosixFilePermissions(
        work, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
  }

  BuildResult run() throws IOException, InterruptedException {
    boolean done = false;
    try {
      BuildResult result = build();
      done = true;
      return result;
    } catch (DockerfileException e) {
      e.excerpt()
          .lines()
          .forEach(line -> sink.event(new BuildEvent.Log(0, BuildEvent.Stream.BUILDER, line)));
      throw BuildException.of(FailureKind.INPUT, e.code())
          .at(e.location().toString())
          .cause(e)
          .sentence(e.sentence());
    } catch (BuildException e) {
      throw tasks.failure().orElse(e);
    } catch (InterruptedException e) {
      // A step beside ours failed and interrupted us: that is the reason to tell.
      if (tasks.failure().isPresent()) {
        throw tasks.failure().get();
      }
      throw e;
    } finally {
      if (!done && cgroup.isPresent()) {
        sink.taken(usage(flows.told()));
      }
    }
  }

  private BuildResult build() throws IOException, InterruptedException {
    sink.phase(Phase.SOURCE);
    List<PlanRequest> requests = new Recipes(job, contexts).requests();
    sink.phase(Phase.RESOLVE);
    var registries =
        new BaseResolver.Registries(
            shared.tools().registry(),
            shared.ports().images(),
            shared.tools().blobs(),
            shared.ports().credentials());
    var resolver = new BaseResolver(registries, job, Recipes.pins(job));
    var planned = new ArrayList<Planned>();
    var planTools =
        new Planner.Tools(
            resolver,
            contexts,
            tasks,
            shared.tools().fetcher(),
            shared.tools().blobs(),
            shared.ports().leases(),
            sink,
            mask,
            shared.ground(),
            shared.privileges());
    for (PlanRequest request : requests) {
      Planned plan = new Planner(request, planTools).plan();
      FinalBasePin.check(job, plan);
      planned.add(plan);
    }
    new BuildChecks(sink).run(planned.getLast().graph(), contexts.ignoreRules());
    if (planned.stream().anyMatch(plan -> runsCommands(plan.last()))) {
      shared.warnings().forEach(sink::event);
    }
    var memory = new WholeBuild(shared.ports(), job, compressor().toString());
    Digest key = memory.key(requests, planned);
    Optional<BuildResult> earlier = memory.find(key, planned, shared.minimum());
    if (earlier.isPresent()) {
      return reused(earlier.get(), planned);
    }
    var steps = new ArrayList<ImageWriter.Written>();
    sink.phase(Phase.STEPS);
    cgroup = Optional.of(CgroupMaking.make(shared.sandbox().cgroups(), job));
    Limits limits = job.limits();
    disk =
        Optional.of(
            shared.disk().meter(new DiskLimit(limits.diskBytes(), limits.inodes()), cgroup));
    var chains = new ArrayList<Chain>();
    for (int i = 0; i < planned.size(); i++) {
      Reporter reporter = new Reporter(sink, planned.get(i).steps());
      reporters.add(reporter);
      chains.add(evaluated(planned.get(i), requests.get(i), resolver, reporter));
    }
    tasks.join();
    sink.phase(Phase.EXPORT);
    var writer = new ImageWriter(shared.tools().blobs());
    for (int i = 0; i < planned.size(); i++) {
      steps.add(written(writer, planned.get(i), chains.get(i), resolver));
    }
    ImageWriter.Written image = steps.size() == 1 ? steps.getFirst() : writer.index(steps);
    BuildResult result = result(image, steps, planned.getLast(), rung(chains));
    shared.ports().leases().lease(job.id(), result.blobs());
    shared.ports().leases().grant(job.tenant(), own(result.blobs(), chains));
    memory.remember(key, result, planned);
    return result;
  }

  private static boolean runsCommands(Node node) {
    return node.operation() instanceof Operation.Run
        || node.parent().filter(NativeBuild::runsCommands).isPresent()
        || node.operation().sources().stream().anyMatch(NativeBuild::runsCommands);
  }

  /** An imported image keeps its manifest, and so its digest, unless it is to say more. */
  private ImageWriter.Written written(
      ImageWriter writer, Planned plan, Chain chain, BaseResolver resolver)
      throws IOException, InterruptedException {
    var outputs = job.request().outputs();
    boolean asIs =
        job.request().recipe() instanceof Recipe.Import
            && outputs.labels().isEmpty()
            && outputs.annotations().isEmpty();
    if (asIs && plan.base().isPresent()) {
      resolver.keep(plan.base().get(), plan.base().get().name());
      return ImageWriter.unchanged(plan.base().get(), chain);
    }
    return writer.write(plan.state(), chain, outputs);
  }

  private Chain evaluated(
      Planned plan, PlanRequest request, BaseResolver resolver, Reporter reporter)
      throws InterruptedException {
    DiskMeter meter = disk.orElseThrow();
    var cache = new StepCache(shared.ports().records(), job, shared.minimum());
    var environment =
        new BuildEnvironment(
            job,
            sink,
            shared.ports().secrets(),
            mask,
            pins,
            work,
            cgroup,
            meter,
            shared.volumes().session(work, meter),
            flows);
    var caller = new BaseLayers.Caller(job, sink, resolver, tasks::fork);
    var making = new NativeSteps.Making(request.platform(), compressor(), request.epoch());
    var runner = new NativeSteps(shared.services(), environment, caller, making, tasks);
    var changes = new LayerChanges(shared.services().layers());
    var wiring =
        new Evaluator.Wiring(
            cache,
            new MissExplainer(cache, changes::between),
            runner,
            shared.inFlight(),
            tasks,
            reporter,
            this::taken,
            new EarlyLayers(plan.last(), tasks, sink));
    Snapshot last = new Evaluator(wiring).evaluate(plan.last());
    Chain chain = last.chain();
    chain.layers().forEach(layer -> sink.layerFinished(layer.blob()));
    return chain;
  }

  /** What came from a record or another build is ours as well. */
  private void taken(Chain chain) {
    shared.ports().leases().lease(job.id(), chain.blobs());
    shared.ports().leases().grant(job.tenant(), chain.blobs());
  }

  private static Set<Digest> own(Set<Digest> blobs, List<Chain> chains) {
    // Layers carry their rights since they were made, pulled or found.
    var own = new HashSet<>(blobs);
    chains.forEach(chain -> own.removeAll(chain.blobs()));
    return own;
  }

  private BuildResult reused(BuildResult earlier, List<Planned> planned) {
    for (Planned plan : planned) {
      new Reporter(sink, plan.steps()).allCached(plan.last());
    }
    shared.ports().leases().grant(job.tenant(), earlier.blobs());
    return new BuildResult(
        earlier.image(),
        earlier.manifests(),
        earlier.blobs(),
        materials.all(),
        earlier.baseDigest(),
        NativeBuilder.NAME,
        earlier.rung(),
        earlier.usage(),
        earlier.reusedFrom());
  }

  private BuildResult result(
      ImageWriter.Written image, List<ImageWriter.Written> images, Planned last, IsolationRung rung)
      throws InterruptedException {
    return new BuildResult(
        image.manifest(),
        images.stream().map(ImageWriter.Written::manifest).toList(),
        image.blobs(),
        materials.all(),
        last.base().map(base -> base.manifest().digest()),
        NativeBuilder.NAME,
        rung.text(),
        usage(flows.figures()),
        Optional.empty());
  }

  private BuildResult.Usage usage(Map<String, Long> network) {
    CgroupUsage used = cgroup.map(Cgroup::usage).orElse(CgroupUsage.NONE);
    var figures = new HashMap<>(network);
    figures.put("peakProcesses", used.peakProcesses());
    disk.ifPresent(meter -> {
      figures.put("peakDiskBytes", meter.peakBytes());
      figures.put("peakInodes", meter.peakEntries());
    });
    return new BuildResult.Usage(
        reporters.stream().mapToInt(Reporter::ran).sum(),
        reporters.stream().mapToInt(Reporter::cached).sum(),
        used.peakMemoryBytes(),
        used.cpu().toNanos(),
        figures);
  }

  private CompressorId compressor() {
    var asked = job.request().outputs().compression();
    return switch (asked.kind()) {
      case GZIP -> asked.level().map(CompressorId::gzip).orElse(CompressorId.GZIP_DEFAULT);
      case ZSTD -> asked.level().map(CompressorId::zstd).orElse(CompressorId.ZSTD_DEFAULT);
      case NONE -> CompressorId.NONE;
    };
  }

  /** That of the worst shut in of all commands, whenever they ran; ours if there were none. */
  private IsolationRung rung(List<Chain> chains) {
    return chains.stream()
        .flatMap(chain -> chain.rung().stream())
        .min(Comparator.naturalOrder())
        .orElse(shared.sandbox().rung());
  }

  @Override
  public void close() throws IOException {
    tasks.close();
    if (tasks.failure().isPresent()) {
      // The interrupt was ours and has done its work.
      Thread.interrupted();
    }
    try {
      contexts.close();
      pins.close();
      disk.ifPresent(DiskMeter::close);
      if (cgroup.isPresent()) {
        cgroup.get().close();
      }
    } finally {
      try (var all = Directory.open(shared.work())) {
        all.remove(String.valueOf(work.getFileName()));
      }
    }
  }
}
