package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who starts a server under test, and where such a server keeps what steps are made of. */
sealed interface Launch {
  /** Makes a directory the server's own. */
  void own(Path directory) throws IOException, InterruptedException;

  /** Starts it; its output goes to the log. */
  Process start(List<String> javaOptions, List<String> arguments, Path log) throws IOException;

  /** Runs another command of the program. */
  LiveServer.Outcome run(String... arguments) throws IOException, InterruptedException;

  /** The process of the server itself, which was started by this one. */
  long pid(Process started) throws IOException;

  /** The engine's directory. */
  Path engine(Path data);

  /** The directory of mounts and bundles. */
  Path sandbox(Path data);

  /** The machine's root, without the launcher. */
  record OfRoot() implements Launch {
    @Override
    public void own(Path directory) {}

    @Override
    public Process start(List<String> javaOptions, List<String> arguments, Path log)
        throws IOException {
      return new ProcessBuilder(LiveServer.command(javaOptions, arguments))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    }

    @Override
    public LiveServer.Outcome run(String... arguments) throws IOException, InterruptedException {
      return LiveServer.run(new byte[0], List.of(), arguments);
    }

    @Override
    public long pid(Process started) {
      return started.pid();
    }

    @Override
    public Path engine(Path data) {
      return data.resolve("engine");
    }

    @Override
    public Path sandbox(Path data) {
      return Path.of("/run", "cairn-" + Integer.toHexString(data.toString().hashCode()));
    }
  }

  /**
   * Somebody else, through the launcher.
   *
   * @param range whether the user has subordinate numbers
   */
  record OfUser(OrdinaryUser user, boolean range) implements Launch {
    @Override
    public void own(Path directory) throws IOException, InterruptedException {
      Commands.succeed(directory, "chown", "-R", user.name(), directory.toString());
    }

    @Override
    public Process start(List<String> javaOptions, List<String> arguments, Path log)
        throws IOException {
      List<String> options = new ArrayList<>(javaOptions);
      options.add("-XX:TieredStopAtLevel=1");
      var environment = Map.of("CAIRN_JAVA_OPTIONS", String.join(" ", options));
      return user.start(environment, log, arguments.toArray(String[]::new));
    }

    @Override
    public LiveServer.Outcome run(String... arguments) throws IOException, InterruptedException {
      return user.cairn(arguments);
    }

    @Override
    public long pid(Process started) throws IOException {
      for (String process : user.processes()) {
        if (process.contains(Main.class.getName() + " serve")) {
          return Long.parseLong(process.substring(0, process.indexOf(' ')));
        }
      }
      throw new IOException("the launcher's server is not there: " + user.processes());
    }

    @Override
    public Path engine(Path data) {
      return data.resolve(range ? "engine-rootless" : "engine-single-id");
    }

    @Override
    public Path sandbox(Path data) {
      return engine(data).resolve("sandbox");
    }
  }
}
