package dev.cairn.server.hypeman;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cairn.build.BuildId;
import dev.cairn.build.Outputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.service.Builds;
import dev.cairn.service.Images;
import dev.cairn.service.Page;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.Pushes;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** {@code /pushes} (section 12.3): images of ours to registries elsewhere. */
final class PushCalls {
  private static final int PAGE = 200;

  private final Pushes pushes;
  private final Images images;
  private final Builds builds;
  private final HypemanOptions options;

  PushCalls(Pushes pushes, Images images, Builds builds, HypemanOptions options) {
    this.pushes = pushes;
    this.images = images;
    this.builds = builds;
    this.options = options;
  }

  record Body(
      Optional<String> image,
      Optional<String> target,
      Optional<Boolean> insecure,
      Optional<Credentials> credentials) {}

  /** Borrowed for one push; all empty means the tenant's stored login. */
  record Credentials(
      Optional<String> username,
      Optional<String> password,
      @JsonProperty("registry_token") Optional<String> token) {
    @Override
    public String toString() {
      return "***";
    }

    Optional<Pushes.SentLogin> read() {
      String bearer = token.orElse("");
      String secret = bearer.isEmpty() ? password.orElse("") : bearer;
      String user = username.orElse("");
      if (user.isEmpty() && secret.isEmpty()) {
        return Optional.empty();
      }
      if (bearer.isEmpty() ? user.isEmpty() || secret.isEmpty() : !user.isEmpty()) {
        throw new ApiException(
            400, "invalid_request", "credentials: username and password, or registry_token alone");
      }
      return Optional.of(new Pushes.SentLogin(user, secret.getBytes(StandardCharsets.UTF_8)));
    }
  }

  List<Route> routes() {
    var read = Access.bearer(Right.IMAGE_READ);
    return List.of(
        Route.of(Method.POST, "/pushes", this::create).access(Access.bearer(Right.IMAGE_WRITE)),
        Route.of(Method.GET, "/pushes", this::list).access(read),
        Route.of(Method.GET, "/pushes/{id}", this::get).access(read));
  }

  private void create(Request request, Response response) throws IOException {
    Body body = body(request);
    String image = named("image", "invalid_name", body.image());
    String target = named("target", "invalid_target", body.target());
    var found = find(request, image);
    Pushes.Accepted accepted;
    try {
      accepted =
          pushes.accept(
              new Pushes.Request(
                  request.caller(),
                  image,
                  found.repository(),
                  found.manifest(),
                  new Outputs.Destination(
                      reference("target", "invalid_target", target), body.insecure().orElse(false)),
                  body.credentials().flatMap(Credentials::read)));
    } catch (ServiceException e) {
      throw refused(e);
    }
    String id = accepted.push().id().value();
    response.header("Location", "/pushes/" + id).header("Retry-After", "2");
    response.json(202, wire(accepted.push()));
  }

  private static ApiException refused(ServiceException e) {
    return switch (e.kind()) {
      case INVALID -> new ApiException(400, "invalid_target", e.getMessage() + "; " + e.remedy());
      case CONFLICT ->
          new ApiException(409, "credential_conflict", e.getMessage() + "; " + e.remedy());
      case FORBIDDEN, NOT_FOUND, TOO_LARGE, QUOTA, UNSUPPORTED, UNAVAILABLE -> throw e;
    };
  }

  private static Body body(Request request) throws IOException {
    try (InputStream in = request.body()) {
      Body body = Json.LENIENT.readValue(in.readAllBytes(), Body.class);
      if (body != null) {
        return body;
      }
    } catch (JacksonException e) {
      // Its words may hold the password.
      throw new ApiException(400, "invalid_request", "the body is not the JSON it should be");
    }
    throw new ApiException(400, "invalid_request", "the body is null instead of an object");
  }

  private static String named(String field, String code, Optional<String> value) {
    return value
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new ApiException(400, code, field + " is required"));
  }

  private static Reference reference(String field, String code, String text) {
    try {
      return Reference.parse(text).orLatest();
    } catch (InvalidOciException e) {
      throw new ApiException(400, code, field + ": " + e.getMessage());
    }
  }

  private record Found(dev.cairn.oci.RepositoryName repository, Images.StoredManifest manifest) {}

  /** The image by its own name, by our host's, and in the long spelling of a short name. */
  private Found find(Request request, String typed) {
    TenantId tenant = request.caller().tenant();
    Reference reference = reference("image", "invalid_name", typed);
    for (String spelling : List.of(typed, reference.familiar())) {
      for (Optional<String> host : List.of(options.registryHost(), Optional.of(request.host()))) {
        RepositoryNames.Named named;
        try {
          named = RepositoryNames.own(tenant, spelling, host);
        } catch (InvalidOciException e) {
          throw new ApiException(400, "invalid_name", "image: " + e.getMessage());
        }
        Optional<Images.StoredManifest> manifest =
            reference.digest().isPresent()
                ? images.resolve(tenant, named.repository(), reference.digest().get())
                : images.resolve(tenant, named.repository(), named.tag());
        if (manifest.isPresent()) {
          return new Found(named.repository(), manifest.get());
        }
      }
    }
    if (isBeingBuilt(tenant, typed)) {
      throw new ApiException(409, "image_not_ready", "the build of this image has not ended");
    }
    throw new ApiException(404, "no image with this name");
  }

  private boolean isBeingBuilt(TenantId tenant, String typed) {
    int at = typed.indexOf("builds/");
    String id = at < 0 ? "" : typed.substring(at + 7).replaceAll("[:@].*", "");
    Optional<BuildId> build = HypemanId.decode(id);
    return build
        .flatMap(known -> builds.get(tenant, known))
        .filter(known -> !known.state().isFinal())
        .isPresent();
  }

  /** A bare array, newest first. */
  private void list(Request request, Response response) {
    List<Object> all = new ArrayList<>();
    Page<Push> page = pushes.list(request.caller().tenant(), Optional.empty(), PAGE);
    while (true) {
      page.items().forEach(push -> all.add(wire(push)));
      if (page.next().isEmpty()) {
        break;
      }
      page = pushes.list(request.caller().tenant(), page.next(), PAGE);
    }
    response.json(200, all);
  }

  private void get(Request request, Response response) {
    Optional<PushId> id =
        Optional.of(request.parameter("id"))
            .filter(text -> text.matches("[0-9a-f]{32}"))
            .map(PushId::new);
    response.json(
        200,
        id.flatMap(known -> pushes.get(request.caller().tenant(), known))
            .map(PushCalls::wire)
            .orElseThrow(() -> new ApiException(404, "no push with this id")));
  }

  private static Map<String, @Nullable Object> wire(Push push) {
    Map<String, @Nullable Object> wire = new LinkedHashMap<>();
    wire.put("id", push.id().value());
    wire.put("image", normalized(push.image()));
    wire.put("target", push.to().reference().toString());
    wire.put("digest", push.manifest().digest().toString());
    wire.put("status", status(push.state()));
    wire.put("created_at", WireBuild.time(push.times().created()));
    wire.put("completed_at", push.times().completed().map(WireBuild::time).orElse(null));
    wire.put("queue_position", push.position().orElse(null));
    wire.put("error", error(push));
    wire.put("layers", push.layers());
    wire.put("bytes", push.bytes());
    return wire;
  }

  private static String normalized(String image) {
    try {
      return Reference.parse(image).orLatest().toString();
    } catch (InvalidOciException e) {
      return image;
    }
  }

  private static String status(Push.State state) {
    return switch (state) {
      case QUEUED -> "queued";
      case RUNNING -> "pushing";
      case SUCCEEDED -> "pushed";
      case FAILED, CANCELLED -> "failed";
    };
  }

  private static @Nullable String error(Push push) {
    if (push.state() == Push.State.CANCELLED) {
      return "the push was cancelled";
    }
    return push.failure()
        .map(failure -> failure.sentence() + " (" + failure.remedy() + ")")
        .orElse(null);
  }
}
