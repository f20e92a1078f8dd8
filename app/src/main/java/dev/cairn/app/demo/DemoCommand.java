package dev.cairn.app.demo;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.EventReader;
import dev.cairn.app.client.ServerAddress;
import dev.cairn.app.command.ExitCode;
import dev.cairn.app.command.LocalAdmin;
import dev.cairn.app.command.Surroundings;
import dev.cairn.build.BuildEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * From nothing to a built image: looks at the machine, starts a server, builds an example twice.
 */
@Command(
    name = "demo",
    description = "From nothing to a built image, on this machine, without any registry.")
public final class DemoCommand implements Callable<Integer> {
  private static final String TENANT = "demo";

  private final Surroundings surroundings;
  private final LocalAdmin admin;
  private final ToIntFunction<String[]> cairn;

  @Option(names = "--yes", description = "install what is missing (as root, on Debian or Ubuntu)")
  private boolean yes;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the demo server's data; default .cairn/demo beside the launcher")
  private @Nullable Path data;

  /**
   * The command.
   *
   * @param cairn runs another command line of this program and returns its exit code
   */
  public DemoCommand(Surroundings surroundings, LocalAdmin admin, ToIntFunction<String[]> cairn) {
    this.surroundings = surroundings;
    this.admin = admin;
    this.cairn = cairn;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = surroundings.out();
    out.println("This machine:");
    Machine machine = Machine.look().withBusybox();
    out.print(machine.screen());
    if (!machine.fine() && yes && install(machine)) {
      machine = Machine.look().withBusybox();
    }
    if (!machine.fine()) {
      out.println("The demo needs what is marked --. With --yes it installs packages itself.");
      return ExitCode.FAILED;
    }
    Path home =
        surroundings
            .variable("CAIRN_HOME")
            .map(Path::of)
            .orElseThrow(() -> new IOException("run the demo through the launcher, ./cairn demo"));
    Path where = data == null ? usualData(home) : data.toAbsolutePath();
    Files.createDirectories(where);
    Path example = example(home.resolve("examples/hello"), where.resolve("example"));
    var server =
        BackgroundServer.start(home.resolve("cairn"), where.resolve("data"), where.resolve("log"));
    out.printf("%nThe server runs at %s (process %d).%n", server.url(), server.process().pid());
    String token = admin.issueToken(where.resolve("data"), TENANT, Set.of());
    for (String title : List.of("First build", "The same again")) {
      out.printf("%n%s:  cairn build -t hello:latest examples/hello%n", title);
      int code = build(server, token, example);
      if (code != 0) {
        out.printf("The build failed; the server's log is %s%n", where.resolve("log"));
        return code;
      }
      report(out, new CairnApi(new ApiConnection(ServerAddress.parse(server.url()), token)));
    }
    farewell(out, server, token);
    return ExitCode.OK;
  }

  /** Beside the launcher, or with the user's own data where somebody else has installed it. */
  private Path usualData(Path home) {
    return Files.isWritable(home)
        ? home.resolve(".cairn/demo")
        : surroundings.dataDirectory().resolveSibling("cairn-demo");
  }

  private boolean install(Machine machine) throws IOException, InterruptedException {
    if (machine.packages().isEmpty() || !Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
      return false;
    }
    surroundings.out().println("installing: " + String.join(" ", machine.packages()));
    var command = new java.util.ArrayList<>(List.of("apt-get", "install", "-y", "-qq"));
    command.add("--no-install-recommends");
    command.addAll(machine.packages());
    return run(List.of("apt-get", "update", "-qq")) && run(command);
  }

  private static boolean run(List<String> command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    return builder.start().waitFor() == 0;
  }

  /** The example with the one file that the repository cannot hold. */
  private static Path example(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(
              each,
              target,
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Files.copy(
        Path.of("/bin/busybox"),
        to.resolve("busybox"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
    return to;
  }

  private int build(BackgroundServer server, String token, Path example) {
    return cairn.applyAsInt(
        new String[] {
          "build",
          "--server",
          server.url(),
          "--token",
          token,
          "-t",
          "hello:latest",
          example.toString()
        });
  }

  /** The steps of the newest build, each with its outcome and time. */
  private static void report(PrintStream out, CairnApi api) throws IOException {
    JsonNode build = api.call(ApiRequest.get("/builds?limit=1")).path("builds").path(0);
    Map<Integer, String> texts = new TreeMap<>();
    Map<Integer, String> ends = new TreeMap<>();
    api.events(
        build.path("id").asString(""),
        1,
        line ->
            EventReader.read(line)
                .ifPresent(event -> {
                  switch (event.body()) {
                    case BuildEvent.StepStarted step -> texts.put(step.step(), step.text());
                    case BuildEvent.StepFinished step -> ends.put(step.step(), end(step));
                    case BuildEvent.StateChanged _,
                        BuildEvent.Log _,
                        BuildEvent.Progress _,
                        BuildEvent.Warning _,
                        BuildEvent.Retry _ -> {}
                  }
                }));
    out.println();
    texts.forEach((step, text) -> {
      String first = text.lines().findFirst().orElse("");
      out.printf(
          "  %-9s %s%n",
          ends.getOrDefault(step, ""), first.length() > 66 ? first.substring(0, 65) + "…" : first);
    });
    out.printf(
        "  %-9s in all, %d steps run, %d from cache%n",
        seconds(build.path("durationMs").asLong(0)),
        build.path("result").path("usage").path("stepsRun").asInt(0),
        build.path("result").path("usage").path("stepsCached").asInt(0));
  }

  private static String end(BuildEvent.StepFinished step) {
    return step.outcome() == BuildEvent.Outcome.RAN
        ? seconds(step.milliseconds())
        : step.outcome().name().toLowerCase(Locale.ROOT);
  }

  private static String seconds(long milliseconds) {
    return String.format(Locale.ROOT, "%.2f s", milliseconds / 1000.0);
  }

  private static void farewell(PrintStream out, BackgroundServer server, String token)
      throws IOException {
    var api = new CairnApi(new ApiConnection(ServerAddress.parse(server.url()), token));
    JsonNode result =
        api.call(ApiRequest.get("/builds?limit=1")).path("builds").path(0).path("result");
    String image = server.host() + "/" + TENANT + "/hello:latest";
    out.printf(
        """

        Pull it (any one of these):
          skopeo copy --src-tls-verify=false --src-creds demo:%2$s docker://%1$s oci:hello:latest
          podman pull --tls-verify=false --creds demo:%2$s %1$s
          docker login -u demo -p %2$s %3$s && docker pull %1$s

        The server goes on; stop it with:  kill %4$d
        Build your own:  CAIRN_SERVER=%5$s CAIRN_TOKEN=%2$s ./cairn build -t mine:1 DIRECTORY

        %1$s
        %6$s
        """,
        image,
        token,
        server.host(),
        server.process().pid(),
        server.url(),
        result.path("image").path("digest").asString(""));
  }
}
