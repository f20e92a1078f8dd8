package dev.cairn.engine.graph;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Context;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Source;
import dev.cairn.build.Sources;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.engine.copy.ContextView;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The contexts of one build, each opened when it is first asked for and closed with the build. */
public final class Contexts implements AutoCloseable {
  private static final String IGNORE = ".dockerignore";
  private static final int SMALL_FILE = 4 << 20;

  private final Sources sources;
  private final BuildJob job;
  private final BuildSink sink;
  private final Map<String, Sources.OpenSource> open = new HashMap<>();
  private final Map<String, FileTree> views = new HashMap<>();
  private String dockerfilePath = "";
  private Optional<String> ignored = Optional.empty();
  private IgnoreFile mainRules = IgnoreFile.NONE;

  /** The contexts of a build, from these sources. */
  public Contexts(Sources sources, BuildJob job, BuildSink sink) {
    this.sources = sources;
    this.job = job;
    this.sink = sink;
  }

  /** A file of the main source that is the Dockerfile. */
  public record DockerfileFound(String name, String content) {}

  /**
   * Reads the Dockerfile from the main source; if the default name is missing, {@code dockerfile}.
   *
   * @throws BuildException if it is not there
   */
  public DockerfileFound dockerfile(String path) throws InterruptedException {
    FileTree files = source("").files();
    Optional<byte[]> bytes = read(files, path);
    String name = path;
    if (bytes.isEmpty() && (path.equals("Dockerfile") || path.endsWith("/Dockerfile"))) {
      name = path.substring(0, path.length() - "Dockerfile".length()) + "dockerfile";
      bytes = read(files, name);
    }
    dockerfilePath = name;
    if (bytes.isEmpty()) {
      throw BuildException.of(FailureKind.INPUT, "dockerfile-missing")
          .remedy("Send it with the source, or name the right path.")
          .sentence("The Dockerfile \"" + path + "\" is not in the source.");
    }
    return new DockerfileFound(name, new String(bytes.get(), StandardCharsets.UTF_8));
  }

  /** From now on these rules replace the main context's ignore file. */
  public void ignoring(String rules) {
    ignored = Optional.of(rules);
  }

  /** What is left out of the main context, once a step has asked for its files. */
  public synchronized IgnoreFile ignoreRules() {
    return mainRules;
  }

  /** A file of the main source, if it is there. */
  public Optional<byte[]> file(String path) throws InterruptedException {
    return read(source("").files(), path);
  }

  /**
   * The files of a context as COPY sees them: below its folder, without what its ignore file leaves
   * out, all owned by root.
   */
  public synchronized FileTree files(String name) throws InterruptedException {
    FileTree known = views.get(name);
    if (known != null) {
      return known;
    }
    FileTree all = source(name).files();
    String folder = context(name).subdirectory().value();
    String ignoreName = (folder.isEmpty() ? "" : folder + "/") + IGNORE;
    Optional<byte[]> ignore = Optional.empty();
    if (name.isEmpty() && ignored.isPresent()) {
      ignore = ignored.map(rules -> rules.getBytes(StandardCharsets.UTF_8));
      ignoreName = "Dockerfile" + IGNORE;
    } else if (name.isEmpty() && !dockerfilePath.isEmpty()) {
      ignore = read(all, dockerfilePath + IGNORE);
      ignoreName = ignore.isPresent() ? dockerfilePath + IGNORE : ignoreName;
    }
    ignore = ignore.or(() -> read(all, (folder.isEmpty() ? "" : folder + "/") + IGNORE));
    FileTree view;
    try {
      // A Git context is taken as it is committed.
      boolean filtered = !(context(name).source() instanceof Source.Git);
      IgnoreFile rules =
          filtered ? ignore.map(IgnoreFile::parse).orElse(IgnoreFile.NONE) : IgnoreFile.NONE;
      if (name.isEmpty()) {
        mainRules = rules;
      }
      view = ContextView.of(all, folder, rules, ignoreName);
    } catch (IllegalArgumentException e) {
      throw BuildException.of(FailureKind.INPUT, "ignore-file")
          .at(ignoreName)
          .cause(e)
          .sentence("The ignore file cannot be used: " + e.getMessage() + ".");
    }
    views.put(name, view);
    return view;
  }

  /** The contexts by name, with what identifies their files, for the key of the whole build. */
  public Map<String, Digest> identities() throws InterruptedException {
    var found = new TreeMap<String, Digest>();
    for (var entry : job.request().contexts().entrySet()) {
      if (!(entry.getValue().source() instanceof Source.Image)) {
        found.put(entry.getKey(), source(entry.getKey()).identity());
      }
    }
    return found;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Sources.OpenSource::close);
    open.clear();
    views.clear();
  }

  private Context context(String name) {
    Context found = job.request().contexts().get(name);
    return found == null ? job.request().mainContext() : found;
  }

  private synchronized Sources.OpenSource source(String name) throws InterruptedException {
    Sources.OpenSource known = open.get(name);
    if (known == null) {
      known = sources.open(job, context(name), sink);
      open.put(name, known);
    }
    return known;
  }

  private static Optional<byte[]> read(FileTree files, String path) {
    try {
      Optional<Node> node = files.resolve(path, true).node();
      if (node.isEmpty() || !(node.get().body() instanceof Node.Body.File)) {
        return Optional.empty();
      }
      if (node.get().size() > SMALL_FILE) {
        throw BuildException.of(FailureKind.LIMIT, "file-too-large")
            .sentence("The file " + path + " has more than 4 MiB.");
      }
      try (InputStream in = files.open(node.get())) {
        return Optional.of(in.readAllBytes());
      }
    } catch (IOException e) {
      throw BuildException.of(FailureKind.SOURCE, "source-unreadable")
          .cause(e)
          .sentence("The file " + path + " of the source cannot be read: " + e.getMessage());
    }
  }
}
