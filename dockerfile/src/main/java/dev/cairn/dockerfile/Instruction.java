package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.Variables;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One checked instruction. Its words are still unexpanded, unless {@link Scope} made it. The
 * records may also be built by a program, with {@link SourceText#synthetic}.
 */
public sealed interface Instruction {
  /** Where it came from. */
  SourceText source();

  /** Its lines. */
  default Location location() {
    return source().location();
  }

  /** Its text, continuations joined. */
  default String text() {
    return source().text();
  }

  /** The keyword in upper case. */
  default String keyword() {
    return getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
  }

  /** FROM. {@code name} is lower case. */
  record From(SourceText source, String base, Optional<String> name, Optional<String> platform)
      implements Instruction {}

  /** RUN. */
  record Run(SourceText source, CommandLine command, RunOptions options) implements Instruction {
    /**
     * The mounts, expanded and checked; targets and sources are absolute and clean.
     *
     * @param workdir the current directory, for relative targets
     * @throws DockerfileException with a {@code mount-*} code
     */
    public List<Mount> mounts(Expander expander, Variables variables, String workdir) {
      return options.mounts().stream()
          .map(value -> MountParser.parse(value, expander, variables, workdir, source))
          .toList();
    }

    /** The stages, contexts and images the mounts read from. */
    public List<String> mountSources() {
      return options.mounts().stream()
          .flatMap(value -> MountParser.from(value, source).stream())
          .toList();
    }
  }

  /** COPY. {@code from} and excludes are never expanded. */
  record Copy(
      SourceText source,
      CopySources sources,
      String destination,
      Optional<String> from,
      boolean parents,
      FileOptions options)
      implements Instruction {}

  /**
   * ADD. {@code unpack} empty means: local archives are unpacked, downloads are not. {@code
   * keepGitDir} empty means false, unless the URL's query says otherwise.
   */
  record Add(
      SourceText source,
      CopySources sources,
      String destination,
      Optional<String> checksum,
      Optional<Boolean> keepGitDir,
      Optional<Boolean> unpack,
      FileOptions options)
      implements Instruction {}

  /** ENV. */
  record Env(SourceText source, List<Pair> pairs) implements Instruction {
    public Env {
      pairs = List.copyOf(pairs);
    }
  }

  /** LABEL. */
  record Label(SourceText source, List<Pair> pairs) implements Instruction {
    public Label {
      pairs = List.copyOf(pairs);
    }
  }

  /**
   * One pair of ENV or LABEL, both words unexpanded and still quoted.
   *
   * @param legacy written {@code key value} instead of {@code key=value}
   */
  record Pair(String key, String value, boolean legacy) {
    /** {@code key=value}. */
    public static Pair of(String key, String value) {
      return new Pair(key, value, false);
    }
  }

  /** ARG. */
  record Arg(SourceText source, List<Declaration> declarations) implements Instruction {
    public Arg {
      declarations = List.copyOf(declarations);
    }

    /** One name; the default is unexpanded and still quoted. */
    public record Declaration(String name, Optional<String> defaultValue) {}
  }

  /** CMD. */
  record Cmd(SourceText source, CommandLine command) implements Instruction {}

  /** ENTRYPOINT. */
  record Entrypoint(SourceText source, CommandLine command) implements Instruction {}

  /** SHELL. */
  record Shell(SourceText source, List<String> words) implements Instruction {
    public Shell {
      words = List.copyOf(words);
    }
  }

  /** EXPOSE; parse the words with {@code Ports} after expansion. */
  record Expose(SourceText source, List<String> words) implements Instruction {
    public Expose {
      words = List.copyOf(words);
    }
  }

  /** HEALTHCHECK; an empty probe is {@code NONE}. */
  record Healthcheck(SourceText source, Optional<Probe> probe) implements Instruction {
    /** The check; zero durations and retries mean "not given" and are left out of the config. */
    public record Probe(
        CommandLine command,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {}
  }

  /** STOPSIGNAL; check with {@code StopSignal} after expansion. */
  record Stopsignal(SourceText source, String signal) implements Instruction {}

  /** USER. */
  record User(SourceText source, String user) implements Instruction {}

  /** VOLUME. */
  record Volume(SourceText source, List<String> paths) implements Instruction {
    public Volume {
      paths = List.copyOf(paths);
    }
  }

  /** WORKDIR. */
  record Workdir(SourceText source, String path) implements Instruction {}

  /** MAINTAINER. */
  record Maintainer(SourceText source, String name) implements Instruction {}

  /**
   * ONBUILD: the text after the keyword with heredoc bodies, for {@link Dockerfile#parseTrigger}.
   */
  record Onbuild(SourceText source, String trigger) implements Instruction {}
}
