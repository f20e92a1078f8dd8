package dev.cairn.app.command;

import dev.cairn.app.client.ApiException;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.context.ContextFiles;
import dev.cairn.app.context.ContextScan;
import dev.cairn.app.context.ContextUpload;
import dev.cairn.app.context.SentBefore;
import dev.cairn.app.progress.ProgressView;
import dev.cairn.build.BuildEvent;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code cairn build}: a directory or archive becomes an image digest. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Builds an image from a Dockerfile and prints its digest.",
      "Takes the flags of docker buildx build. Without a server, one runs in this process."
    },
    footer = {
      "",
      "Examples:",
      "  cairn build -t app:1 .                       build this directory",
      "  cairn build -f deploy/Dockerfile .           another Dockerfile",
      "  cairn build -o type=docker,dest=- . | docker load",
      "  cairn build -o type=local,dest=out --target binaries .",
      "  cairn build --secret id=npm,src=$$HOME/.npmrc .",
      "  git archive HEAD | cairn build -",
      "",
      "Exit codes: 0 ready, 1 failed, 2 usage, 3 no server or refused, 130 cancelled."
    })
final class BuildCommand implements Callable<Integer> {
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int ATTEMPTS = 5;

  private final Surroundings around;
  private final LocalServer local;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PATH|-",
      description = "the context: a directory, or - for a tar or a Dockerfile on standard input")
  private String path = "";

  @ArgGroup(validate = false, heading = "%nWhat is built:%n", order = 1)
  private RecipeFlags recipe = new RecipeFlags();

  @ArgGroup(validate = false, heading = "%nWhat becomes of it:%n", order = 2)
  private OutputFlags output = new OutputFlags();

  @ArgGroup(validate = false, heading = "%nCache and limits:%n", order = 3)
  private CacheFlags cache = new CacheFlags();

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data directory of a server in this process")
  private Optional<String> data = Optional.empty();

  BuildCommand(Surroundings around, LocalServer local) {
    this.around = around;
    this.local = local;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    LaterFlags.refuse(spec.commandLine().getParseResult());
    output.refuseStatements();
    // What is wrong with the command line is said before anything is sent.
    output.outputs();
    boolean checkOnly = recipe.checkOnly();
    var context = BuildContext.of(path, recipe.file, around);
    if (checkOnly) {
      return new BuildChecks(around).run(context, recipe);
    }
    var body = new BuildRequestBody(recipe, cache, output);
    body.json(context.dockerfile(), Map.of(), around);
    if (cache.detach && !output.outputs().isEmpty()) {
      throw new UsageException("--detach does not wait for a result, so --output has no meaning");
    }
    Path directory = data.map(around::path).orElseGet(around::dataDirectory);
    try (var views = new Views(around).open(output);
        var opened = BuildServer.open(server, around, local, directory)) {
      if (cache.detach && opened.own().isPresent()) {
        throw new UsageException("--detach needs a server that stays: give --server");
      }
      return build(opened, context, body, views);
    }
  }

  private int build(
      BuildServer opened, BuildContext context, BuildRequestBody body, ProgressView view)
      throws IOException, InterruptedException {
    CairnApi api = opened.api();
    Map<String, JsonNode> sources = new LinkedHashMap<>();
    sources.put("", main(opened, context, view));
    for (var named : recipe.contexts().entrySet()) {
      sources.put(named.getKey(), named(opened, named.getValue(), view));
    }
    JsonNode accepted = accept(api, body.json(context.dockerfile(), sources, around));
    String id = accepted.path("id").asString("");
    if (cache.detach) {
      around.out().println(id);
      return ExitCode.OK;
    }
    JsonNode build;
    try (var interruption = new Interruption(opened, id, around)) {
      new EventFollower(api, id, view, RETRY).follow();
      build = api.call(ApiRequest.get("/builds/" + CairnApi.encode(id)));
      interruption.ended();
    }
    view.close();
    return end(api, build);
  }

  private int end(CairnApi api, JsonNode build) throws IOException {
    return switch (build.path("state").asString("")) {
      case "ready" -> {
        if (!output.quiet) {
          UsageLine.of(build).ifPresent(around.err()::println);
        }
        new Delivery(api, around).deliver(build, output);
        if (output.outputs().stream().noneMatch(OutputOption::toStandardOutput)) {
          around.out().println(Delivery.digest(build));
        }
        yield ExitCode.OK;
      }
      case "cancelled" -> {
        around.err().println("cairn: the build was cancelled");
        yield ExitCode.CANCELLED;
      }
      default -> {
        JsonNode failure = build.path("failure");
        if (output.quiet) {
          around.err().println("cairn: " + failure.path("sentence").asString("the build failed"));
        } else {
          UsageLine.of(build).ifPresent(around.err()::println);
        }
        around.err().println("cairn: build " + build.path("id").asString("") + " failed");
        yield ExitCode.FAILED;
      }
    };
  }

  private JsonNode main(BuildServer opened, BuildContext context, ProgressView view)
      throws IOException, InterruptedException {
    if (context.directory().isPresent()) {
      return directory(opened, context.directory().get(), context.ignore(), context.always(), view);
    }
    if (context.archive().isPresent()) {
      return upload(opened, view).archive(context.archive().get()::transferTo);
    }
    return tools.jackson.databind.json.JsonMapper.shared().readTree("{\"none\":{}}");
  }

  private JsonNode named(BuildServer opened, String value, ProgressView view)
      throws IOException, InterruptedException {
    String image = "docker-image://";
    if (value.startsWith(image)) {
      var json = tools.jackson.databind.json.JsonMapper.shared();
      return json.valueToTree(
          Map.of("image", Map.of("reference", value.substring(image.length()))));
    }
    Path directory = around.path(value);
    if (!Files.isDirectory(directory)) {
      throw new UsageException(
          "--build-context " + value + " is neither a directory nor docker-image://REFERENCE");
    }
    return directory(opened, directory.toRealPath(), IgnoreFile.NONE, Set.of(), view);
  }

  private JsonNode directory(
      BuildServer opened, Path directory, IgnoreFile ignore, Set<String> always, ProgressView view)
      throws IOException, InterruptedException {
    try (var root = Directory.open(directory)) {
      var files = new ContextFiles(root, ContextScan.of(root, ignore, always));
      Path memory =
          around
              .variable("XDG_CACHE_HOME")
              .map(around::path)
              .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".cache"))
              .resolve("cairn")
              .resolve("contexts");
      return upload(opened, view).send(files, SentBefore.in(memory, opened.identity(), directory));
    }
  }

  private static ContextUpload upload(BuildServer opened, ProgressView view) {
    return new ContextUpload(
        opened.api(),
        (what, done, total) ->
            view.show(
                new BuildEvent(0, Instant.EPOCH, new BuildEvent.Progress(0, what, done, total)),
                ""));
  }

  /** Sends the request; its key makes a second attempt the same build. */
  private static JsonNode accept(CairnApi api, String json)
      throws IOException, InterruptedException {
    var request =
        ApiRequest.json("POST", "/builds", json)
            .with("Idempotency-Key", UUID.randomUUID().toString());
    for (int attempt = 1; ; attempt++) {
      try {
        return api.call(request);
      } catch (ApiException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(RETRY.multipliedBy(attempt));
      }
    }
  }
}
