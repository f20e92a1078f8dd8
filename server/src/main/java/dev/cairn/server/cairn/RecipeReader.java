package dev.cairn.server.cairn;

import static dev.cairn.server.cairn.Field.invalid;
import static dev.cairn.server.cairn.Field.list;
import static dev.cairn.server.cairn.Field.map;
import static dev.cairn.server.cairn.Field.read;
import static dev.cairn.server.cairn.Field.required;

import dev.cairn.build.Context;
import dev.cairn.build.Recipe;
import dev.cairn.build.RelativePath;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Source;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Contexts and recipe of a body as parts of the model. */
final class RecipeReader {
  private static final int MOST = 1000;
  private static final int MOST_DOCKERFILE = 1 << 20;
  private static final Set<String> STEP_KEYWORDS =
      Set.of(
          "run",
          "copy",
          "add",
          "env",
          "label",
          "arg",
          "cmd",
          "entrypoint",
          "shell",
          "expose",
          "healthcheck",
          "stopsignal",
          "user",
          "volume",
          "workdir");

  private final SealedValues sealed;

  RecipeReader(SealedValues sealed) {
    this.sealed = sealed;
  }

  Map<String, Context> contexts(Optional<Map<String, BuildBody.ContextBody>> bodies) {
    Map<String, Context> contexts = new HashMap<>();
    map("contexts", bodies, 100)
        .forEach((name, body) -> contexts.put(name, context("contexts." + name, body)));
    return contexts;
  }

  private Context context(String field, BuildBody.ContextBody body) {
    Map<RelativePath, SealedBytes> added = new HashMap<>();
    map(field + ".added", body.added(), MOST)
        .forEach((path, content) ->
            added.put(
                read(field + ".added", path, RelativePath::of),
                sealed.seal(Field.base64(field + ".added", content))));
    return new Context(
        source(field + ".source", required(field + ".source", body.source())),
        body.subdirectory()
            .map(path -> read(field + ".subdirectory", path, RelativePath::of))
            .orElse(RelativePath.ROOT),
        added);
  }

  private static Source source(String field, BuildBody.SourceBody body) {
    Field.exactlyOne(
        field,
        Map.of(
            "archive", body.archive().isPresent(),
            "manifest", body.manifest().isPresent(),
            "git", body.git().isPresent(),
            "image", body.image().isPresent(),
            "none", body.none().isPresent()));
    if (body.archive().isPresent()) {
      var archive = body.archive().get();
      return new Source.Archive(
          digest(field + ".archive.upload", archive.upload()),
          digest(field + ".archive.pack", archive.pack()));
    }
    if (body.manifest().isPresent()) {
      return new Source.Manifest(digest(field + ".manifest.pack", body.manifest().get().pack()));
    }
    if (body.git().isPresent()) {
      return git(field + ".git", body.git().get());
    }
    if (body.image().isPresent()) {
      return new Source.Image(
          reference(field + ".image.reference", body.image().get().reference()));
    }
    return new Source.None();
  }

  private static Source.Git git(String field, BuildBody.GitBody body) {
    String url = required(field + ".url", body.url());
    if (!url.matches("(https|ssh)://[^@\\s/]+(/\\S*)?")
        && !url.matches("ssh://git@[^@\\s/]+/\\S*")) {
      throw invalid(field + ".url", "is an https or ssh address without credentials");
    }
    body.ref()
        .filter(ref -> ref.startsWith("-") || !ref.matches("[\\x21-\\x7e]{1,255}"))
        .ifPresent(ref -> {
          throw invalid(field + ".ref", "is a branch, tag or commit");
        });
    int depth = body.depth().orElse(1);
    if (depth < 0) {
      throw invalid(field + ".depth", "is 0 or more");
    }
    return new Source.Git(
        url,
        body.ref(),
        body.submodules().orElse(true),
        body.lfs().orElse(false),
        body.keepGitDirectory().orElse(false),
        depth,
        body.credential());
  }

  Recipe recipe(BuildBody.RecipeBody body) {
    Field.exactlyOne(
        "recipe",
        Map.of(
            "dockerfile", body.dockerfile().isPresent(),
            "steps", body.steps().isPresent(),
            "import", body.imported().isPresent(),
            "buildpacks", body.buildpacks().isPresent()));
    if (body.dockerfile().isPresent()) {
      return dockerfile(body.dockerfile().get());
    }
    if (body.steps().isPresent()) {
      checkSteps(body.steps().get());
      // Typed steps are checked as far as their shape goes; no builder takes them yet.
      throw Feature.STEPS.refused();
    }
    if (body.imported().isPresent()) {
      var imported = body.imported().get();
      return new Recipe.Import(
          reference("recipe.import.image", imported.image()),
          platforms("recipe.import.platforms", imported.platforms()));
    }
    var packs = body.buildpacks().orElseThrow();
    return new Recipe.Buildpacks(
        reference("recipe.buildpacks.builder", packs.builder()),
        map("recipe.buildpacks.environment", packs.environment(), MOST));
  }

  private static Recipe.Dockerfile dockerfile(BuildBody.DockerfileBody body) {
    String field = "recipe.dockerfile";
    if (body.text().isPresent() && body.path().isPresent()) {
      throw invalid(field, "either text or path is given, not both");
    }
    body.text()
        .filter(text -> text.length() > MOST_DOCKERFILE)
        .ifPresent(text -> {
          throw invalid(field + ".text", "has at most 1 MiB");
        });
    if (body.ignore().isPresent() && body.text().isEmpty()) {
      throw invalid(
          field + ".ignore", "goes with text; a file of the source has its own beside it");
    }
    body.ignore()
        .filter(text -> text.length() > MOST_DOCKERFILE)
        .ifPresent(text -> {
          throw invalid(field + ".ignore", "has at most 1 MiB");
        });
    Recipe.DockerfileText text =
        body.text()
            .<Recipe.DockerfileText>map(
                content -> new Recipe.DockerfileText.Inline(content, body.ignore()))
            .orElseGet(() ->
                new Recipe.DockerfileText.InSource(
                    read(field + ".path", body.path().orElse("Dockerfile"), RelativePath::of)));
    Map<String, Digest> pins = new HashMap<>();
    map(field + ".basePins", body.basePins(), MOST)
        .forEach((base, pin) ->
            pins.put(
                base.isEmpty()
                    ? ""
                    : read(field + ".basePins", base, Reference::parse).orLatest().toString(),
                read(field + ".basePins", pin, Digest::parse)));
    return new Recipe.Dockerfile(
        text,
        body.target(),
        map(field + ".arguments", body.arguments(), MOST),
        platforms(field + ".platforms", body.platforms()),
        map(field + ".buildEnvironment", body.buildEnvironment(), MOST),
        runOptions(field, body),
        pins);
  }

  private static Recipe.RunOptions runOptions(String field, BuildBody.DockerfileBody body) {
    Map<String, Recipe.Ulimit> ulimits = new HashMap<>();
    map(field + ".ulimits", body.ulimits(), 100)
        .forEach((name, limit) -> {
          if (!name.matches("[a-z]{1,20}") || limit.soft() < -1 || limit.hard() < -1) {
            throw invalid(field + ".ulimits." + name, "is a pair of numbers from -1 on");
          }
          ulimits.put(name, new Recipe.Ulimit(limit.soft(), limit.hard()));
        });
    body.shmBytes()
        .filter(bytes -> bytes < 0)
        .ifPresent(bytes -> {
          throw invalid(field + ".shmBytes", "is 0 or more");
        });
    body.hostname()
        .filter(name -> !name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?"))
        .ifPresent(name -> {
          throw invalid(field + ".hostname", "is a host name of at most 64 characters");
        });
    return new Recipe.RunOptions(
        map(field + ".addedHosts", body.addedHosts(), MOST),
        ulimits,
        body.shmBytes(),
        body.hostname(),
        allowed(field + ".allow", body.allow()));
  }

  private static Set<String> allowed(String field, Optional<List<String>> texts) {
    List<String> all = list(field, texts, 100);
    for (String text : all) {
      if (!text.matches("network\\.host|security\\.insecure|device(=.{1,200})?")) {
        throw invalid(field, "holds network.host, security.insecure, device or device=NAME");
      }
    }
    return Set.copyOf(all);
  }

  private static void checkSteps(BuildBody.StepsBody body) {
    body.base().ifPresent(base -> read("recipe.steps.base", base, Reference::parse));
    platforms("recipe.steps.platforms", body.platforms());
    for (BuildBody.StepBody step : list("recipe.steps.steps", body.steps(), 10_000)) {
      var instruction = required("recipe.steps.steps.instruction", step.instruction());
      if (instruction.size() != 1
          || !STEP_KEYWORDS.contains(instruction.keySet().iterator().next())) {
        throw invalid("recipe.steps.steps.instruction", "has one member, named by its keyword");
      }
    }
  }

  private static List<Platform> platforms(String field, Optional<List<String>> texts) {
    return list(field, texts, 100).stream()
        .map(text -> read(field, text, Platform::parse))
        .toList();
  }

  private static Digest digest(String field, Optional<String> text) {
    return read(field, required(field, text), Digest::parse);
  }

  private static Reference reference(String field, Optional<String> text) {
    return read(field, required(field, text), Reference::parse);
  }
}
