package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.Variables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables of one stage while its instructions are walked in order. ENV and ARG share one name
 * space in which the later wins; only ENV enters the image's configuration. Not safe for threads.
 */
public final class Scope {
  /** PATH of an image that sets none. */
  public static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** ARGs that steer the builder and never become environment. */
  private static final Set<String> NOT_ENVIRONMENT =
      Set.of("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE");

  private final char escape;
  private final Globals globals;
  private final Map<String, String> visible;
  private final Map<String, String> environment;
  private final Map<String, Optional<String>> arguments;
  private String workdir;

  private Scope(
      char escape,
      Globals globals,
      Map<String, String> visible,
      Map<String, String> environment,
      Map<String, Optional<String>> arguments,
      String workdir) {
    this.escape = escape;
    this.globals = globals;
    this.visible = new LinkedHashMap<>(visible);
    this.environment = new LinkedHashMap<>(environment);
    this.arguments = new LinkedHashMap<>(arguments);
    this.workdir = workdir;
  }

  /**
   * The scope of a stage that starts from an image (or from nothing).
   *
   * @param environment Config.Env of the base, in order; PATH is added if missing
   * @param workdir Config.WorkingDir of the base; empty means {@code /}
   */
  public static Scope ofImage(
      char escape, Globals globals, Map<String, String> environment, String workdir) {
    var complete = new LinkedHashMap<>(environment);
    complete.putIfAbsent("PATH", DEFAULT_PATH);
    return new Scope(escape, globals, complete, complete, Map.of(), Paths.absolute("/", workdir));
  }

  /** The scope of a stage that starts FROM the stage of this one, as it is now. */
  public Scope child() {
    return new Scope(escape, globals, visible, environment, arguments, workdir);
  }

  /**
   * An instruction with its words expanded.
   *
   * @param unset variables it used that have no value and are not declared by ARG
   */
  public record Applied(Instruction instruction, Set<String> unset) {}

  /**
   * Expands and checks the next instruction and takes its effect on later ones: ENV, ARG, WORKDIR.
   * All its words see the scope before it, except that ARG sees its own earlier names.
   *
   * @throws DockerfileException if a word cannot be expanded or its value is wrong
   */
  public Applied apply(Instruction instruction) {
    var expansion = new InstructionExpansion(escape, variables(), workdir);
    Instruction expanded =
        instruction instanceof Instruction.Arg arg
            ? declare(arg, expansion)
            : expansion.expand(instruction);
    switch (expanded) {
      case Instruction.Env env -> env.pairs().forEach(this::set);
      case Instruction.Workdir w -> workdir = Paths.absolute(workdir, w.path());
      default -> {}
    }
    var unset = expansion.unset();
    unset.removeAll(arguments.keySet());
    return new Applied(expanded, Set.copyOf(unset));
  }

  private void set(Instruction.Pair pair) {
    visible.put(pair.key(), pair.value());
    environment.put(pair.key(), pair.value());
  }

  /** Returns the ARG with the values that count: build-arg, own default, global value. */
  private Instruction declare(Instruction.Arg arg, InstructionExpansion expansion) {
    var declared = new ArrayList<Instruction.Arg.Declaration>();
    for (var declaration : arg.declarations()) {
      String name = declaration.name();
      Optional<String> value = globals.arguments().value(name);
      if (value.isEmpty()) {
        value =
            declaration
                .defaultValue()
                .map(word -> expansion.word(word, arg.source()))
                .or(() -> Optional.ofNullable(globals.values().get(name)));
      }
      if (!NOT_ENVIRONMENT.contains(name)) {
        value.ifPresent(found -> visible.put(name, found));
      }
      arguments.put(name, value);
      declared.add(new Instruction.Arg.Declaration(name, value));
    }
    return new Instruction.Arg(arg.source(), declared);
  }

  /** Looks up what the next instruction would see. */
  public Variables variables() {
    return name -> Optional.ofNullable(visible.get(name));
  }

  /** The mounts of a RUN, as seen here. */
  public List<Mount> mounts(Instruction.Run run) {
    return run.mounts(Expander.words(escape), variables(), workdir);
  }

  /** ENV alone, for Config.Env, in order. */
  public Map<String, String> environment() {
    return new LinkedHashMap<>(environment);
  }

  /** ENV and ARG values, the environment of RUN without proxies and HOME, in order. */
  public Map<String, String> runEnvironment() {
    return new LinkedHashMap<>(visible);
  }

  /** Declared ARGs, with their values if they have one, in order of declaration. */
  public Map<String, Optional<String>> arguments() {
    return new LinkedHashMap<>(arguments);
  }

  /** The current directory: absolute and clean. */
  public String workdir() {
    return workdir;
  }
}
