package dev.cairn.app;

import dev.cairn.app.RegistryImages.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Builds recipes with our server and with BuildKit, which pushes into our server's registry. */
final class RecipeBuilds implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Pattern LOG_LINE = Pattern.compile("#\\d+ \\d+\\.\\d+ (.*)");

  private final Workbench workbench;
  private final Optional<OrdinaryUser> user;
  private final RegistryImages images;
  private final Path work;
  private final Optional<BuildKit> buildKit;

  private RecipeBuilds(
      Workbench workbench, Optional<OrdinaryUser> user, Path work, Optional<BuildKit> buildKit) {
    this.workbench = workbench;
    this.user = user;
    this.images = new RegistryImages(workbench.token());
    this.work = work;
    this.buildKit = buildKit;
  }

  /**
   * Starts a server with the bases that these recipes need.
   *
   * @param judged whether BuildKit is started as well
   */
  static RecipeBuilds start(List<Recipe> recipes, boolean judged, Rung rung)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("cairn-recipes");
    List<String> options = new ArrayList<>(rung.serveOptions(work));
    Optional<OrdinaryUser> user = Optional.empty();
    Launch launch = new Launch.OfRoot();
    Path data = work.resolve("data");
    if (rung.isRootless()) {
      boolean range = rung == Rung.ROOTLESS;
      user = Optional.of(range ? OrdinaryUser.withRange(work) : OrdinaryUser.withOneNumber(work));
      launch = new Launch.OfUser(user.get(), range);
      data = user.get().home().resolve("data");
    } else {
      // As fast as the judge beside it, where an operator would let the machine's other work go
      // first; without root there is no such weight.
      Path config =
          Files.writeString(work.resolve("config.yaml"), "limits: {all: {weight: 100}}\n");
      options.addAll(List.of("--config", config.toString()));
    }
    Workbench workbench;
    try {
      workbench = Workbench.start(launch, work, data, List.of(), options.toArray(String[]::new));
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      remove(user);
      throw e;
    }
    try {
      Set<String> bases =
          recipes.stream().map(Recipe::base).collect(Collectors.toCollection(LinkedHashSet::new));
      RecipeBases.add(bases, workbench.registry(), work);
      writeLogin(workbench, Files.createDirectories(work.resolve("login")));
      return new RecipeBuilds(
          workbench,
          user,
          work,
          judged ? Optional.of(BuildKit.start(work.resolve("buildkit"))) : Optional.empty());
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      workbench.close();
      remove(user);
      throw e;
    }
  }

  private static void remove(Optional<OrdinaryUser> user) throws IOException {
    if (user.isPresent()) {
      try {
        user.get().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void writeLogin(Workbench workbench, Path directory) throws IOException {
    byte[] pair = ("any:" + workbench.token()).getBytes(StandardCharsets.UTF_8);
    String login = Base64.getEncoder().encodeToString(pair);
    Files.writeString(
        directory.resolve("config.json"),
        JSON.writeValueAsString(
            Map.of("auths", Map.of(workbench.server().host(), Map.of("auth", login)))));
  }

  /**
   * What came of a recipe.
   *
   * @param log the lines that its steps printed
   * @param message all that was said, for failures
   * @param changes the image's config, and what its files differ in from those of its base; none if
   *     the build failed
   * @param reference name of the image in our registry
   */
  record Built(
      List<String> log, String message, Optional<List<String>> changes, String reference) {}

  /** Builds it with our server, through the command line. */
  Built withCairn(Recipe recipe) throws IOException, InterruptedException {
    Case.Prepared prepared = recipe.prepare(work.resolve("ours-" + recipe.id()));
    String name = recipe.id() + ":ours";
    List<String> arguments = new ArrayList<>(List.of("build", "--progress", "rawjson"));
    arguments.addAll(List.of("-t", name, "-f", prepared.dockerfile().toString()));
    arguments.addAll(List.of("--build-arg", "BASE=" + base(recipe)));
    if (!recipe.target().isEmpty()) {
      arguments.addAll(List.of("--target", recipe.target()));
    }
    prepared
        .secrets()
        .forEach((id, file) -> arguments.addAll(List.of("--secret", "id=" + id + ",src=" + file)));
    arguments.add(prepared.context().toString());
    LiveServer.Outcome outcome = workbench.cairn(work, arguments.toArray(String[]::new));
    List<String> log =
        outcome
            .error()
            .lines()
            .filter(line -> line.startsWith("{"))
            .map(JSON::readTree)
            .filter(event -> event.path("type").asString("").equals("log"))
            .map(event -> event.path("line").asString(""))
            .toList();
    String failure =
        outcome
            .error()
            .lines()
            .filter(line -> line.contains("\"failure\"") || !line.startsWith("{"))
            .collect(Collectors.joining("\n"));
    String message =
        String.join("\n", log.subList(Math.max(0, log.size() - 10), log.size())) + "\n" + failure;
    return built(recipe, outcome.exitCode(), log, message, name);
  }

  /** Whether there is a judge. */
  boolean isJudged() {
    return buildKit.isPresent();
  }

  /** Builds it with BuildKit. */
  Built withBuildKit(Recipe recipe) throws IOException, InterruptedException {
    Case.Prepared prepared = recipe.prepare(work.resolve("theirs-" + recipe.id()));
    String name = recipe.id() + ":theirs";
    List<String> options = new ArrayList<>(List.of("--opt", "build-arg:BASE=" + base(recipe)));
    if (!recipe.target().isEmpty()) {
      options.addAll(List.of("--opt", "target=" + recipe.target()));
    }
    BuildKit.Outcome outcome =
        buildKit.orElseThrow().push(prepared, options, reference(name), work.resolve("login"));
    List<String> log =
        outcome
            .output()
            .lines()
            .map(LOG_LINE::matcher)
            .filter(Matcher::matches)
            .map(line -> line.group(1))
            .toList();
    List<String> all = outcome.output().lines().toList();
    String message = String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
    return built(recipe, outcome.code(), log, message, name);
  }

  private Built built(Recipe recipe, int code, List<String> log, String message, String name)
      throws IOException, InterruptedException {
    if (code != 0) {
      return new Built(log, message, Optional.empty(), "");
    }
    ImageTree below = images.read(base(recipe) + ":latest").tree();
    Image image = images.read(reference(name));
    List<String> lines = new ArrayList<>();
    image.config().stream()
        .filter(line -> !line.startsWith("config .architecture "))
        .map(line -> line.replace("\n", "\\n"))
        .forEach(lines::add);
    lines.addAll(image.tree().changesFrom(below, recipe));
    return new Built(log, message, Optional.of(lines), reference(name));
  }

  private String base(Recipe recipe) {
    return workbench.registry().host() + "/recipes/" + recipe.base();
  }

  private String reference(String name) {
    return workbench.server().host() + "/acme/" + name;
  }

  /** Runs a shell command in what was built, with other people's tools. */
  String run(Recipe recipe, Built built, String command) throws IOException, InterruptedException {
    // One layout for all, so that a base is copied once.
    Path layout = work.resolve("layout");
    String tag = recipe.id() + "-" + Integer.toHexString(command.hashCode());
    synchronized (this) {
      Commands.succeed(
          work,
          "skopeo",
          "copy",
          "--quiet",
          "--src-tls-verify=false",
          "--src-creds=any:" + workbench.token(),
          "docker://" + built.reference(),
          "oci:" + layout + ":" + tag);
    }
    return RunningImage.runLayout(work, layout, tag, List.of("/bin/sh", "-c", command));
  }

  @Override
  public void close() throws IOException {
    try {
      buildKit.ifPresent(BuildKit::close);
    } finally {
      images.close();
      workbench.close();
      remove(user);
      Folders.delete(work);
    }
  }
}
