package dev.cairn.server.hypeman;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.RelativePath;
import dev.cairn.build.Schedule;
import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.SourceFiles;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Handler;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Builders;
import dev.cairn.service.Builds;
import dev.cairn.service.Contexts;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.Submission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code POST /builds}: a form becomes a {@link BuildRequest}. */
final class CreateBuild implements Handler {
  private static final Duration RETRY_WINDOW = Duration.ofMinutes(5);
  private static final String DOCKERFILE = "Dockerfile";

  private final Builds builds;
  private final Contexts contexts;
  private final Builders builders;
  private final SourceFiles files;
  private final WireBuild wire;
  private final HypemanOptions options;

  CreateBuild(
      HypemanDialect.Facades facades, SourceFiles files, WireBuild wire, HypemanOptions options) {
    this.builds = facades.builds();
    this.contexts = facades.contexts();
    this.builders = facades.builders();
    this.files = files;
    this.wire = wire;
    this.options = options;
  }

  @Override
  public void handle(Request request, Response response) throws IOException {
    var form = CreateForm.read(request, contexts, options.sourceBytes());
    Principal caller = request.caller();
    var fields =
        CreateFields.check(
            form.fields(),
            form.source().isPresent() || form.broken().isPresent(),
            options.maxTimeout());
    if (fields.admin() && !caller.may(Right.BUILD_ADMIN)) {
      throw new ApiException(403, "is_admin_build needs the right " + Right.BUILD_ADMIN.text());
    }
    checkBuilder(caller.tenant(), fields);
    Source.Archive source = source(form);
    Map<String, String> lockfiles;
    try (FileTree tree = files.open(caller.tenant(), source.pack())) {
      if (fields.dockerfile().isEmpty() && !hasDockerfile(tree)) {
        throw new ApiException(
            400,
            "dockerfile_required",
            "there is no Dockerfile: put one at the root of the source or send the field dockerfile");
      }
      lockfiles = Lockfiles.hashes(tree);
    }
    BuildId id = builds.newId();
    var document =
        new Document(
            fields.imageName().orElse(null),
            fields.baseDigest().map(Digest::toString).orElse(null),
            lockfiles);
    var submission =
        new Submission(
            caller,
            id,
            model(caller, id, fields, source, document, request.id()),
            Map.of(),
            Optional.of(idempotency(request, caller, source, form.fields())));
    var accepted = builds.accept(submission);
    response.json(202, wire.submitted(accepted.build(), request.host(), builds.queue()));
  }

  /** Whether it exists is asked again when the build is accepted; here it is told in its order. */
  private void checkBuilder(TenantId tenant, CreateFields fields) {
    if (fields.builder().isEmpty()) {
      return;
    }
    if (builders.find(tenant, fields.builder().get()).isEmpty()) {
      throw BuilderCalls.unknown();
    }
    if (fields.admin()) {
      throw CreateFields.invalid(
          "builder_id: an admin build writes the shared cache and no Builder's; leave one of the two"
              + " out");
    }
  }

  private static Source.Archive source(CreateForm form) {
    if (form.broken().isPresent()) {
      throw new ApiException(400, "invalid_source", form.broken().get());
    }
    return form.source().orElseThrow();
  }

  private static boolean hasDockerfile(FileTree files) {
    try {
      return files
          .resolve(DOCKERFILE, true)
          .node()
          .filter(node -> node.body() instanceof dev.cairn.content.Node.Body.File)
          .isPresent();
    } catch (ContentException e) {
      throw new ApiException(400, "invalid_source", String.valueOf(e.getMessage())).cause(e);
    }
  }

  private BuildRequest model(
      Principal caller,
      BuildId id,
      CreateFields fields,
      Source.Archive source,
      Document document,
      String requestId) {
    TenantId tenant = caller.tenant();
    Recipe.DockerfileText text =
        fields
            .dockerfile()
            .<Recipe.DockerfileText>map(Recipe.DockerfileText.Inline::new)
            .orElseGet(() -> new Recipe.DockerfileText.InSource(RelativePath.of(DOCKERFILE)));
    Map<String, Digest> pins = new HashMap<>();
    fields.baseDigest().ifPresent(digest -> pins.put("", digest));
    Map<String, Inputs.SecretInput> secrets = new HashMap<>();
    fields.secrets().forEach(secret -> secrets.put(secret, new Inputs.SecretInput.Stored(secret)));
    return new BuildRequest(
        tenant,
        new Origin(
            Document.DIALECT,
            Optional.of(document.write()),
            caller.tokenId(),
            "api",
            Optional.of(requestId)),
        fields.tags(),
        Map.of("", Context.of(source)),
        new Recipe.Dockerfile(
            text, Optional.empty(), Map.of(), List.of(), Map.of(), Recipe.RunOptions.DEFAULT, pins),
        cache(tenant, fields),
        new Inputs(secrets, List.of()),
        Outputs.DEFAULT.withNames(names(tenant, id, fields)),
        limits(fields),
        Schedule.DEFAULT);
  }

  /**
   * Section 9.3: what is read and written under the two cache names. A Builder's cache is written
   * instead of the tenant's, which is then only read.
   */
  private static CacheOptions cache(TenantId tenant, CreateFields fields) {
    List<CacheScope> read = new ArrayList<>();
    Optional<CacheScope> shared = fields.globalCacheKey().map(CacheScope::shared);
    shared.ifPresent(read::add);
    Optional<CacheScope> own =
        fields.cacheScope().filter(_ -> !fields.admin()).map(name -> CacheScope.of(tenant, name));
    own.ifPresent(read::add);
    var options =
        new CacheOptions(
            fields.admin() ? shared : own,
            read,
            true,
            Set.of(),
            List.of(),
            List.of(),
            Optional.empty());
    return fields.builder().map(options::onBuilder).orElse(options);
  }

  private List<String> names(TenantId tenant, BuildId id, CreateFields fields) {
    List<String> names = new ArrayList<>();
    names.add("builds/" + HypemanId.encode(id) + ":latest");
    if (fields.imageName().isPresent()) {
      try {
        names.add(
            RepositoryNames.own(tenant, fields.imageName().get(), options.registryHost())
                .toString());
      } catch (InvalidOciException e) {
        throw new ApiException(
                400, "invalid_request", "image_name is not a valid name here: " + e.getMessage())
            .cause(e);
      }
    }
    return names;
  }

  private static Limits limits(CreateFields fields) {
    return new Limits(
        Optional.empty(),
        Optional.of(fields.timeout()),
        Optional.empty(),
        Optional.empty(),
        fields.cpus().map(cpus -> cpus * 1000),
        fields.memoryMb().map(mb -> (long) mb << 20),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The clients send creation again when its answer was lost, without a key, but they say that it
   * is a retry: then the build of the same token, source and fields is given back.
   */
  private static Submission.Idempotency idempotency(
      Request request, Principal caller, Source.Archive source, Map<String, String> form) {
    var all = new StringBuilder();
    append(all, caller.tokenId());
    append(all, source.upload().toString());
    new TreeMap<>(form)
        .forEach((name, value) -> {
          append(all, name);
          append(all, value);
        });
    String print = Digest.sha256(all.toString().getBytes(StandardCharsets.UTF_8)).hex();
    return new Submission.Idempotency(
        "hypeman:" + print, print, RETRY_WINDOW, Retries.isRetry(request));
  }

  private static void append(StringBuilder all, String text) {
    all.append(text.length()).append(':').append(text);
  }
}
