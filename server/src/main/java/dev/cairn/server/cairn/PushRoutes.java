package dev.cairn.server.cairn;

import static dev.cairn.server.cairn.Field.required;

import dev.cairn.build.Outputs;
import dev.cairn.oci.Reference;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.Pushes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Pushes of images to registries elsewhere. */
final class PushRoutes {
  private final Pushes pushes;
  private final Images images;

  PushRoutes(Pushes pushes, Images images) {
    this.pushes = pushes;
    this.images = images;
  }

  record PushBody(
      Optional<String> image,
      Optional<String> target,
      Optional<Boolean> insecure,
      Optional<LoginBody> login) {}

  record LoginBody(Optional<String> username, Optional<String> password, Optional<String> token) {
    @Override
    public String toString() {
      return "***";
    }

    /** Either a name with a password, or a token. */
    Pushes.SentLogin read(String field) {
      boolean pair = username.isPresent() && password.isPresent();
      if (pair == token.isPresent() || (username.isPresent() != password.isPresent())) {
        throw Field.invalid(field, "holds username and password, or token alone");
      }
      return new Pushes.SentLogin(
          username.orElse(""),
          password.or(() -> token).orElseThrow().getBytes(StandardCharsets.UTF_8));
    }
  }

  void create(Request request, Response response) throws IOException {
    PushBody body = BuildRoutes.parse(ContentRoutes.bytes(request), PushBody.class);
    String image = required("image", body.image());
    Reference target = Field.read("target", required("target", body.target()), PushRoutes::target);
    var named = Field.read("image", image, PushRoutes::named);
    var repository =
        Field.read(
            "image",
            named.path(),
            path -> RepositoryNames.relative(request.caller().tenant(), path));
    var manifest =
        named
            .digest()
            .map(digest -> images.resolve(request.caller().tenant(), repository, digest))
            .orElseGet(() -> images.resolve(request.caller().tenant(), repository, named.tag()))
            .orElseThrow(() -> new ApiException(404, "not-found", "image: no such image"));
    var accepted =
        pushes.accept(
            new Pushes.Request(
                request.caller(),
                image,
                repository,
                manifest,
                new Outputs.Destination(target, body.insecure().orElse(false)),
                body.login().map(login -> login.read("login"))));
    response.header("Location", CairnDialect.BASE + "/pushes/" + accepted.push().id());
    response.json(accepted.created() ? 202 : 200, wire(accepted.push()));
  }

  /** A path with a tag or digest, of our own registry. */
  private record Named(String path, dev.cairn.oci.Tag tag, Optional<dev.cairn.oci.Digest> digest) {}

  private static Named named(String text) {
    // With a host in front, what follows is read as it would be anywhere.
    Reference reference = Reference.parse("own.invalid/" + text);
    return new Named(
        reference.repository().value(),
        reference.tag().orElse(dev.cairn.oci.Tag.LATEST),
        reference.digest());
  }

  /** A registry is named in full: what would go to the public one by default is not meant so. */
  private static Reference target(String text) {
    Reference reference = Reference.parse(text);
    if (!text.startsWith(reference.registry() + "/")) {
      throw new IllegalArgumentException(
          "names no registry; write HOST/NAME:TAG, as in registry.example.org/" + text);
    }
    return reference.orLatest();
  }

  void list(Request request, Response response) {
    Optional<String> after = request.query("after").filter(text -> text.matches("[0-9a-f]{32}"));
    var page = pushes.list(request.caller().tenant(), after, Paging.limit(request, 100));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("pushes", page.items().stream().map(PushRoutes::wire).toList());
    page.next().ifPresent(next -> body.put("next", next));
    response.json(200, body);
  }

  void get(Request request, Response response) {
    response.json(200, wire(find(request)));
  }

  void cancel(Request request, Response response) {
    switch (pushes.cancel(request.caller().tenant(), id(request))) {
      case CANCELLED -> response.empty(204);
      case STOPPING -> response.json(202, wire(find(request)));
      case ENDED ->
          throw new ApiException(409, "push-ended", "the push has ended, so it stays as it is");
      case UNKNOWN -> throw unknown();
    }
  }

  private Push find(Request request) {
    return pushes.get(request.caller().tenant(), id(request)).orElseThrow(PushRoutes::unknown);
  }

  private static PushId id(Request request) {
    try {
      return new PushId(request.parameter("id"));
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static ApiException unknown() {
    return new ApiException(404, "not-found", "no push with this id");
  }

  private static Map<String, Object> wire(Push push) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", push.id().value());
    wire.put("image", push.image());
    wire.put("digest", push.manifest().digest().toString());
    wire.put("target", push.to().reference().toString());
    wire.put("state", Field.word(push.state()));
    push.position().ifPresent(position -> wire.put("position", position));
    wire.put("attempt", push.attempt());
    wire.put("createdAt", WireBuild.time(push.times().created()));
    push.times().started().ifPresent(at -> wire.put("startedAt", WireBuild.time(at)));
    push.times().completed().ifPresent(at -> wire.put("completedAt", WireBuild.time(at)));
    wire.put("layers", push.layers());
    wire.put("bytes", push.bytes());
    Push.Progress progress = push.progress();
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("sent", progress.sent());
    told.put("present", progress.present());
    told.put("mounted", progress.mounted());
    told.put("bytesSent", progress.bytesSent());
    told.put("moving", progress.moving());
    progress.retry().ifPresent(retry -> told.put("retry", retry));
    wire.put("progress", told);
    push.failure().ifPresent(failure -> wire.put("failure", WireBuild.failure(failure)));
    return wire;
  }
}
