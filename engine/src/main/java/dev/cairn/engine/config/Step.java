package dev.cairn.engine.config;

import dev.cairn.dockerfile.CommandLine;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.value.Ports;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Healthcheck;
import dev.cairn.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Applies one instruction, whose words are expanded and checked, to a stage. */
final class Step {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private final StageState state;

  Step(StageState state) {
    this.state = state;
  }

  /** What the instruction leads to; the variables are somebody else's. */
  record Result(ImageConfig image, Optional<FileOperation> operation, boolean commandSet) {}

  Result apply(Instruction instruction) {
    return switch (instruction) {
      case Instruction.From from ->
          throw new IllegalArgumentException("FROM begins a stage: " + from.text());
      case Instruction.Run run -> run(run);
      case Instruction.Copy copy -> {
        CopyStep step = CopyStep.of(copy, state.directory());
        yield result(state.image(), step.history(), true, Optional.of(step.operation()));
      }
      case Instruction.Add add -> {
        CopyStep step = CopyStep.of(add, state.directory());
        yield result(state.image(), step.history(), true, Optional.of(step.operation()));
      }
      case Instruction.Workdir workdir -> workdir(workdir);
      case Instruction.Env env -> env(env);
      case Instruction.Arg arg -> arg(arg);
      case Instruction.Label label -> label(label);
      case Instruction.Cmd cmd -> cmd(cmd.command());
      case Instruction.Entrypoint entrypoint -> entrypoint(entrypoint.command());
      case Instruction.Shell shell ->
          only(
              config().withShell(Optional.of(shell.words())),
              "SHELL " + GoText.list(shell.words()));
      case Instruction.Expose expose -> expose(expose);
      case Instruction.Healthcheck check -> healthcheck(check);
      case Instruction.Stopsignal stop ->
          only(config().withStopSignal(stop.signal()), "STOPSIGNAL " + stop.signal());
      case Instruction.User user -> only(config().withUser(user.user()), "USER " + user.user());
      case Instruction.Volume volume -> volume(volume);
      case Instruction.Maintainer maintainer ->
          result(
              state.image().withAuthor(maintainer.name()),
              "MAINTAINER " + maintainer.name(),
              false,
              Optional.empty());
      case Instruction.Onbuild onbuild -> onbuild(onbuild);
    };
  }

  private ContainerConfig config() {
    return state.image().config();
  }

  private Result only(ContainerConfig config, String history) {
    return result(state.image().withConfig(config), history, false, Optional.empty());
  }

  private Result result(
      ImageConfig image, String history, boolean layer, Optional<FileOperation> operation) {
    return new Result(state.withHistory(image, history, layer), operation, state.commandSet());
  }

  private Result run(Instruction.Run run) {
    Optional<CommandLine.Script> script =
        run.command() instanceof CommandLine.Script file ? Optional.of(file) : Optional.empty();
    List<String> argv = argv(run.command());
    var operation =
        new FileOperation.Run(
            run,
            argv,
            script,
            state.environment(),
            state.proxies(),
            state.mounts(run),
            state.directory(),
            state.user());
    var line = new ArrayList<String>();
    line.add("RUN");
    Map<String, String> shown = state.shownArguments();
    if (!shown.isEmpty()) {
      line.add("|" + shown.size());
      shown.forEach((name, value) -> line.add(name + "=" + value));
    }
    line.addAll(argv);
    line.add("# buildkit");
    return result(state.image(), String.join(" ", line), true, Optional.of(operation));
  }

  private Result workdir(Instruction.Workdir instruction) {
    String current = config().workingDir().isEmpty() ? "/" : config().workingDir();
    String path = Destinations.workdir(current, instruction.path());
    var image = state.image().withConfig(config().withWorkingDir(path));
    String clean = Destinations.clean(path);
    boolean layer = !path.equals("/");
    Optional<FileOperation> operation =
        layer
            ? Optional.of(new FileOperation.MakeDirectory(instruction, clean, state.user()))
            : Optional.empty();
    return result(image, "WORKDIR " + path, layer, operation);
  }

  private Result env(Instruction.Env env) {
    ContainerConfig next = config();
    var line = new StringBuilder("ENV");
    for (Instruction.Pair pair : env.pairs()) {
      next = next.withEnvironment(pair.key(), pair.value());
      line.append(' ').append(pair.key()).append('=').append(pair.value());
    }
    return only(next, line.toString());
  }

  private Result arg(Instruction.Arg arg) {
    var line = new StringBuilder("ARG");
    for (Instruction.Arg.Declaration declared : arg.declarations()) {
      line.append(' ').append(declared.name());
      declared.defaultValue().ifPresent(value -> line.append('=').append(value));
    }
    return only(config(), line.toString());
  }

  private Result label(Instruction.Label label) {
    var labels = new TreeMap<>(config().labels());
    var line = new StringBuilder("LABEL");
    for (Instruction.Pair pair : label.pairs()) {
      labels.put(pair.key(), pair.value());
      line.append(' ').append(pair.key()).append('=').append(pair.value());
    }
    return only(config().withLabels(labels), line.toString());
  }

  private Result cmd(CommandLine command) {
    List<String> argv = argv(command);
    var image = state.image().withConfig(config().withCmd(Optional.of(argv)).withArgsEscaped(true));
    return new Result(
        state.withHistory(image, "CMD " + GoText.quotedList(argv), false), Optional.empty(), true);
  }

  /** Clears a command that came from the base, but not one of this stage. */
  private Result entrypoint(CommandLine command) {
    List<String> argv = argv(command);
    ContainerConfig next =
        config().withEntrypoint(argv.isEmpty() ? Optional.empty() : Optional.of(argv));
    return only(
        state.commandSet() ? next : next.withCmd(Optional.empty()),
        "ENTRYPOINT " + GoText.quotedList(argv));
  }

  private List<String> argv(CommandLine command) {
    return switch (command) {
      case CommandLine.Exec exec -> exec.words();
      case CommandLine.Shell shell -> inShell(shell.text());
      case CommandLine.Script script -> inShell("/dev/pipes/" + script.name());
    };
  }

  /** The words of SHELL and the whole command as one further argument. */
  private List<String> inShell(String text) {
    var argv = new ArrayList<>(config().shell().filter(s -> !s.isEmpty()).orElse(DEFAULT_SHELL));
    argv.add(text);
    return argv;
  }

  private Result expose(Instruction.Expose expose) {
    List<String> ports =
        expose.words().stream().flatMap(word -> Ports.parse(word).ports().stream()).toList();
    var all = new TreeSet<>(config().exposedPorts());
    all.addAll(ports);
    return only(config().withExposedPorts(all), "EXPOSE " + GoText.list(ports));
  }

  private Result healthcheck(Instruction.Healthcheck instruction) {
    Healthcheck check =
        instruction.probe().map(Step::probe).orElseGet(() -> Healthcheck.of(List.of("NONE")));
    String line =
        "HEALTHCHECK {Test:"
            + GoText.list(check.test())
            + " Interval:"
            + GoText.duration(check.interval())
            + " Timeout:"
            + GoText.duration(check.timeout())
            + " StartPeriod:"
            + GoText.duration(check.startPeriod())
            + " StartInterval:"
            + GoText.duration(check.startInterval())
            + " Retries:"
            + check.retries()
            + "}";
    return only(config().withHealthcheck(Optional.of(check)), line);
  }

  private static Healthcheck probe(Instruction.Healthcheck.Probe probe) {
    var test = new ArrayList<String>();
    switch (probe.command()) {
      case CommandLine.Exec exec -> {
        test.add("CMD");
        test.addAll(exec.words());
      }
      case CommandLine.Shell shell -> test.addAll(List.of("CMD-SHELL", shell.text()));
      case CommandLine.Script script -> test.addAll(List.of("CMD-SHELL", script.content()));
    }
    return new Healthcheck(
        test,
        probe.interval(),
        probe.timeout(),
        probe.startPeriod(),
        probe.startInterval(),
        probe.retries());
  }

  private Result volume(Instruction.Volume instruction) {
    var all = new TreeSet<>(config().volumes());
    all.addAll(instruction.paths());
    return only(config().withVolumes(all), "VOLUME " + GoText.list(instruction.paths()));
  }

  /** Without an entry in the history, alone of all. */
  private Result onbuild(Instruction.Onbuild onbuild) {
    var triggers = new ArrayList<>(config().onBuild());
    triggers.add(onbuild.trigger());
    var image = state.image().withConfig(config().withOnBuild(triggers));
    return new Result(image, Optional.empty(), state.commandSet());
  }
}
