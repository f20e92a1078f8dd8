package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.FileModeChange;
import dev.cairn.dockerfile.value.Owner;
import dev.cairn.dockerfile.value.Ports;
import dev.cairn.dockerfile.value.RemoteKind;
import dev.cairn.dockerfile.value.StopSignal;
import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.Expansion;
import dev.cairn.dockerfile.words.Variables;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Expands the words of one instruction and checks the values that only then are known. */
final class InstructionExpansion {
  private final Expander expander;
  private final Variables variables;
  private final String workdir;
  private final Set<String> unset = new LinkedHashSet<>();

  InstructionExpansion(char escape, Variables variables, String workdir) {
    this.expander = Expander.words(escape);
    this.variables = variables;
    this.workdir = workdir;
  }

  Set<String> unset() {
    return unset;
  }

  Instruction expand(Instruction instruction) {
    SourceText at = instruction.source();
    return switch (instruction) {
      case Instruction.Env env -> new Instruction.Env(at, pairs(env.pairs(), at));
      case Instruction.Label label -> new Instruction.Label(at, pairs(label.pairs(), at));
      case Instruction.Copy copy -> copy(copy);
      case Instruction.Add add -> add(add);
      case Instruction.Expose expose -> expose(expose);
      case Instruction.User user -> new Instruction.User(at, word(user.user(), at));
      case Instruction.Workdir dir -> new Instruction.Workdir(at, word(dir.path(), at));
      case Instruction.Volume volume -> volume(volume);
      case Instruction.Stopsignal stop -> stopsignal(stop);
      case Instruction.Run run -> {
        // Only to fail before anything runs: the mounts are asked for again when it does.
        run.mounts(expander, variables, workdir);
        yield run;
      }
      case Instruction.From from -> from;
      case Instruction.Arg arg -> arg;
      case Instruction.Cmd cmd -> cmd;
      case Instruction.Entrypoint entrypoint -> entrypoint;
      case Instruction.Shell shell -> shell;
      case Instruction.Healthcheck health -> health;
      case Instruction.Maintainer maintainer -> maintainer;
      case Instruction.Onbuild onbuild -> onbuild;
    };
  }

  String word(String word, SourceText source) {
    return record(Globals.expand(expander, word, variables, source)).text();
  }

  private Expansion record(Expansion expansion) {
    unset.addAll(expansion.unset());
    return expansion;
  }

  private List<Instruction.Pair> pairs(List<Instruction.Pair> pairs, SourceText source) {
    return pairs.stream()
        .map(pair ->
            new Instruction.Pair(
                name(word(pair.key(), source), source), word(pair.value(), source), pair.legacy()))
        .toList();
  }

  private static String name(String name, SourceText source) {
    if (name.isEmpty()) {
      throw new DockerfileException(Problem.BLANK_NAME, "names can not be blank", source);
    }
    return name;
  }

  private Instruction copy(Instruction.Copy copy) {
    CopySources sources = sources(copy.sources(), copy.source());
    for (String path : sources.paths()) {
      RemoteKind kind = RemoteKind.of(path);
      if (kind != RemoteKind.LOCAL) {
        throw new DockerfileException(
            Problem.COPY_URL,
            "source can't be a " + (kind == RemoteKind.GIT ? "git ref" : "URL") + " for COPY",
            copy.source());
      }
    }
    return new Instruction.Copy(
        copy.source(),
        sources,
        word(copy.destination(), copy.source()),
        copy.from(),
        copy.parents(),
        options(copy.options(), copy.source()));
  }

  private Instruction add(Instruction.Add add) {
    CopySources sources = sources(add.sources(), add.source());
    Optional<String> checksum = add.checksum().map(word -> word(word, add.source()));
    if (checksum.isPresent()) {
      checkChecksum(checksum.get(), sources, add.source());
    }
    return new Instruction.Add(
        add.source(),
        sources,
        word(add.destination(), add.source()),
        checksum,
        add.keepGitDir(),
        add.unpack(),
        options(add.options(), add.source()));
  }

  private static void checkChecksum(String checksum, CopySources sources, SourceText source) {
    if (sources.paths().size() != 1 || !sources.files().isEmpty()) {
      throw new DockerfileException(
          Problem.CHECKSUM, "checksum can't be specified for multiple sources", source);
    }
    boolean sound =
        switch (RemoteKind.of(sources.paths().getFirst())) {
          case HTTP -> checksum.matches("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
          case GIT -> checksum.matches("[0-9a-fA-F]{1,64}");
          case LOCAL ->
              throw new DockerfileException(
                  Problem.CHECKSUM,
                  "checksum can't be specified for non-HTTP(S) and non-git sources",
                  source);
        };
    if (!sound) {
      throw new DockerfileException(
          Problem.CHECKSUM, "invalid checksum \"" + checksum + "\" for this source", source);
    }
  }

  private CopySources sources(CopySources sources, SourceText source) {
    return new CopySources(
        sources.paths().stream().map(path -> word(path, source)).toList(),
        sources.files().stream().map(file -> body(file, source)).toList());
  }

  private InlineFile body(InlineFile file, SourceText source) {
    if (!file.expand()) {
      return file;
    }
    Expansion expansion =
        record(Globals.expand(Expander.body(), file.content(), variables, source));
    return new InlineFile(file.name(), expansion.text(), false);
  }

  private FileOptions options(FileOptions options, SourceText source) {
    Optional<String> chown = options.chown().map(word -> word(word, source));
    Optional<String> chmod = options.chmod().map(word -> word(word, source));
    chown.ifPresent(text -> check(Problem.CHOWN, source, text, Owner::parse));
    chmod.ifPresent(text -> check(Problem.CHMOD, source, text, FileModeChange::parse));
    return new FileOptions(
        chown.filter(text -> !text.isEmpty()),
        chmod.filter(text -> !text.isEmpty()),
        options.link(),
        options.excludes());
  }

  private Instruction expose(Instruction.Expose expose) {
    var words =
        expose.words().stream()
            .sorted()
            .flatMap(word ->
                record(Globals.expand(expander, word, variables, expose.source())).words().stream())
            .toList();
    words.forEach(word -> check(Problem.PORT, expose.source(), word, Ports::parse));
    return new Instruction.Expose(expose.source(), words);
  }

  private Instruction volume(Instruction.Volume volume) {
    var paths = volume.paths().stream().map(path -> word(path, volume.source())).toList();
    if (paths.stream().anyMatch(String::isEmpty)) {
      throw new DockerfileException(
          Problem.VOLUME, "VOLUME specified can not be an empty string", volume.source());
    }
    return new Instruction.Volume(volume.source(), paths);
  }

  private Instruction stopsignal(Instruction.Stopsignal stop) {
    String signal = word(stop.signal(), stop.source());
    check(Problem.SIGNAL, stop.source(), signal, StopSignal::parse);
    return new Instruction.Stopsignal(stop.source(), signal);
  }

  private static void check(
      Problem problem, SourceText source, String text, Consumer<String> parser) {
    try {
      parser.accept(text);
    } catch (IllegalArgumentException e) {
      throw new DockerfileException(problem, String.valueOf(e.getMessage()), source);
    }
  }
}
