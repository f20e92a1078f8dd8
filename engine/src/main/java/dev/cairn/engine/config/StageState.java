package dev.cairn.engine.config;

import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.DockerfileException;
import dev.cairn.dockerfile.Globals;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Location;
import dev.cairn.dockerfile.Mount;
import dev.cairn.dockerfile.Scope;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.ExtraFields;
import dev.cairn.oci.History;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Platform;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A stage between two instructions: config and history so far, and the variables that the next
 * instruction sees. Immutable; {@link #apply} gives the stage after an instruction.
 */
public final class StageState {
  private final ImageConfig image;
  private final Scope scope;
  private final boolean commandSet;
  private final Settings settings;

  /**
   * What holds for the whole build of one platform.
   *
   * @param escape the file's escape character
   * @param globals global and build arguments
   * @param epoch SOURCE_DATE_EPOCH, the time of new history entries
   */
  public record Settings(char escape, Globals globals, Optional<Instant> epoch) {}

  /**
   * What an instruction led to.
   *
   * @param next the stage after it
   * @param operation what it does to files, if it does
   * @param unset variables it used that have no value and that nobody declared
   */
  public record Applied(StageState next, Optional<FileOperation> operation, Set<String> unset) {}

  private StageState(ImageConfig image, Scope scope, boolean commandSet, Settings settings) {
    this.image = image;
    this.scope = scope;
    this.commandSet = commandSet;
    this.settings = settings;
  }

  /** The beginning of {@code FROM scratch}. */
  public static StageState scratch(Platform platform, Settings settings) {
    var config = ContainerConfig.EMPTY.withWorkingDir("/");
    return begin(ImageConfig.empty(platform).withConfig(config), settings);
  }

  /** The beginning of a stage on an image. Its triggers, {@link #triggers}, come first. */
  public static StageState onImage(ImageConfig base, Settings settings) {
    // Like BuildKit, an image of ours says only what we know the meaning of.
    var kept = base.withoutExtraFields().withCreated(Optional.empty());
    return begin(kept.withConfig(withoutExtra(base.config()).withOnBuild(List.of())), settings);
  }

  /** The beginning of a stage on this, finished, stage: all is inherited but the triggers. */
  public StageState onThis() {
    var child = image.withConfig(image.config().withOnBuild(List.of()));
    return new StageState(child, scope.child(), false, settings);
  }

  /**
   * The ONBUILD triggers of a base, which run before the stage's own instructions.
   *
   * @param base the base image's config, or {@link #image} of a base stage
   * @param from the place of the FROM, where their errors are reported
   * @throws DockerfileException if one is no instruction, or one that triggers may not be
   */
  public static List<Instruction> triggers(ImageConfig base, Location from) {
    return base.config().onBuild().stream()
        .map(text -> Dockerfile.parseTrigger(text, from))
        .toList();
  }

  /**
   * Goes on by one instruction other than FROM.
   *
   * @throws DockerfileException at the instruction, if a word of it cannot be used
   * @throws dev.cairn.build.BuildException if it asks for something that is not supported
   */
  public Applied apply(Instruction instruction) {
    Scope after = scope.child();
    Scope.Applied expanded = after.apply(instruction);
    Step.Result result = new Step(this).apply(expanded.instruction());
    var next = new StageState(result.image(), after, result.commandSet(), settings);
    return new Applied(next, result.operation(), expanded.unset());
  }

  /**
   * Config and history so far. Its layers are the base's; those of this build and all times are
   * added by {@link FinishedImage}.
   */
  public ImageConfig image() {
    return image;
  }

  /** The mounts of a RUN that comes next. */
  public List<Mount> mounts(Instruction.Run run) {
    return scope.mounts(run);
  }

  /** The environment of a RUN that comes next, ENV and ARG, as {@code NAME=value} in order. */
  public List<String> environment() {
    return scope.runEnvironment().entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  /** The working directory, absolute and clean. */
  public String directory() {
    return scope.workdir();
  }

  /** The USER in force; "" for the superuser. */
  public String user() {
    return image.config().user();
  }

  /** SOURCE_DATE_EPOCH. */
  public Optional<Instant> epoch() {
    return settings.epoch();
  }

  boolean commandSet() {
    return commandSet;
  }

  /** The proxy variables of every RUN. */
  Map<String, String> proxies() {
    return settings.globals().arguments().proxies();
  }

  /** The declared ARGs with the values in force, each once, in order: what history shows. */
  Map<String, String> shownArguments() {
    var shown = new LinkedHashMap<String, String>();
    Map<String, String> visible = scope.runEnvironment();
    scope
        .arguments()
        .forEach((name, value) ->
            shown.put(name, visible.containsKey(name) ? visible.get(name) : value.orElse("")));
    return shown;
  }

  /** The image with one more entry of history, as BuildKit writes it. */
  ImageConfig withHistory(ImageConfig changed, String createdBy, boolean layer) {
    return changed.plus(History.of(settings.epoch(), createdBy, "buildkit.dockerfile.v0", !layer));
  }

  private static StageState begin(ImageConfig image, Settings settings) {
    ContainerConfig config = image.config();
    if (config.environment("PATH").isEmpty()) {
      config = config.withEnvironment("PATH", Scope.DEFAULT_PATH);
    }
    if (!config.workingDir().isEmpty() && !config.workingDir().startsWith("/")) {
      config = config.withWorkingDir(Destinations.workdir("/", config.workingDir()));
    }
    var variables = new LinkedHashMap<String, String>();
    for (String entry : config.env()) {
      int equals = entry.indexOf('=');
      variables.put(
          equals < 0 ? entry : entry.substring(0, equals),
          equals < 0 ? "" : entry.substring(equals + 1));
    }
    Scope scope =
        Scope.ofImage(settings.escape(), settings.globals(), variables, config.workingDir());
    return new StageState(image.withConfig(config), scope, false, settings);
  }

  private static ContainerConfig withoutExtra(ContainerConfig c) {
    return new ContainerConfig(
        c.user(),
        c.exposedPorts(),
        c.env(),
        c.entrypoint(),
        c.cmd(),
        c.volumes(),
        c.workingDir(),
        c.labels(),
        c.stopSignal(),
        c.argsEscaped(),
        c.healthcheck(),
        c.onBuild(),
        c.shell(),
        ExtraFields.NONE);
  }
}
