package dev.cairn.server.hypeman;

import dev.cairn.build.TenantId;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.Tag;
import dev.cairn.server.ImageNames;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.server.http.ServiceErrors;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Name;
import dev.cairn.service.NamedImages.NamedImage;
import dev.cairn.service.Page;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** {@code /images} (section 12.1). */
final class ImageCalls {
  private static final int PAGE = 200;

  private final NamedImages named;
  private final Images images;
  private final ImageNames names;
  private final WireImage wire;
  private final HypemanOptions options;

  ImageCalls(NamedImages named, Images images, HypemanOptions options) {
    this.named = named;
    this.images = images;
    this.names = new ImageNames(named);
    this.wire = new WireImage(named);
    this.options = options;
  }

  List<Route> routes() {
    var read = Access.bearer(Right.IMAGE_READ);
    var write = Access.bearer(Right.IMAGE_WRITE);
    return List.of(
        Route.of(Method.GET, "/images", this::list).access(read),
        Route.of(Method.POST, "/images", this::pull).access(write),
        Route.of(Method.GET, "/images/{name+}", this::get).access(read),
        Route.of(Method.DELETE, "/images/{name+}", this::delete)
            .access(Access.bearer(Right.IMAGE_DELETE)),
        Route.of(Method.POST, "/images/{name+}/tag", this::tag).access(write));
  }

  private void list(Request request, Response response) throws IOException, InterruptedException {
    TenantId tenant = request.caller().tenant();
    var filter = Tags.filter(request);
    // The first page is read before the answer begins, so that an error can still be told.
    Page<NamedImage> first = named.list(tenant, Optional.empty(), Optional.empty(), PAGE);
    response.stream(
        200,
        "application/json",
        OptionalLong.empty(),
        out -> {
          Page<NamedImage> page = first;
          boolean any = false;
          out.write('[');
          while (true) {
            for (NamedImage image : page.items()) {
              if (Tags.match(image.labels(), filter)) {
                out.write((any ? "," : "").getBytes(StandardCharsets.US_ASCII));
                out.write(Json.STRICT.writeValueAsBytes(wire.of(tenant, image)));
                any = true;
              }
            }
            if (page.next().isEmpty()) {
              break;
            }
            page = named.list(tenant, Optional.empty(), page.next(), PAGE);
          }
          out.write(']');
        });
  }

  private void get(Request request, Response response) {
    response.json(200, wire.of(request.caller().tenant(), find(request)));
  }

  private void delete(Request request, Response response) {
    if (!named.delete(request.caller().tenant(), find(request).name())) {
      throw unknown();
    }
    response.empty(204);
  }

  private void tag(Request request, Response response) throws IOException {
    TenantId tenant = request.caller().tenant();
    String target =
        JsonBody.read(request)
            .text("target")
            .orElseThrow(() -> invalidName("target is required: a reference with a tag"));
    Name to = target(tenant, target);
    NamedImage image = find(request);
    if (image.state() != NamedImages.State.READY) {
      throw new ApiException(409, "the image is not ready; wait for its pull to end");
    }
    images.tag(
        tenant,
        to.repository(),
        Tag.parse(to.version()),
        image.digest().orElseThrow(ImageCalls::unknown));
    response.json(200, wire.of(tenant, named.find(tenant, to).orElseThrow(ImageCalls::unknown)));
  }

  private Name target(TenantId tenant, String typed) {
    try {
      Reference reference = Reference.parse(typed);
      if (reference.digest().isPresent() || reference.tag().isEmpty()) {
        throw invalidName("target must be a reference with a tag and without a digest");
      }
      return ImageNames.name(tenant, typed, options.registryHost());
    } catch (InvalidOciException e) {
      throw invalidName("target is not a valid image reference: " + e.getMessage()).cause(e);
    }
  }

  private void pull(Request request, Response response) throws IOException {
    var body = JsonBody.read(request);
    String typed =
        body.text("name").orElseThrow(() -> invalidName("name is required: an image reference"));
    TenantId tenant = request.caller().tenant();
    Reference source = source(typed);
    Optional<Platform> platform = body.text("platform").map(ImageCalls::platform);
    var login = Logins.read(body.object("credentials"));
    var tags = body.tags();
    Set<String> hosts = hosts(request);
    if (hosts.contains(source.registry().toString())) {
      // Our own registry: what is here is here.
      response.json(
          202, wire.of(tenant, names.find(tenant, typed, hosts).orElseThrow(ImageCalls::unknown)));
      return;
    }
    Name name = ImageNames.kept(tenant, source, Optional.empty());
    try {
      var image =
          named.pull(
              tenant,
              new NamedImages.Pull(
                  name, source, platform.orElseGet(NamedImages::usualPlatform), tags, login));
      response.json(202, wire.of(tenant, image));
    } catch (ServiceException e) {
      switch (e.code()) {
        // An image that was built or pushed under the name is never overwritten by a stranger's.
        case "name-taken" ->
            response.json(
                202, wire.of(tenant, named.find(tenant, name).orElseThrow(ImageCalls::unknown)));
        case "image-not-found" ->
            throw new ApiException(404, "not_found", String.valueOf(e.getMessage())).cause(e);
        case "address-refused", "image-invalid" ->
            throw invalidName(ServiceErrors.translate(e, "").message()).cause(e);
        default -> throw e;
      }
    }
  }

  private static Reference source(String typed) {
    try {
      return Reference.parse(typed).orLatest();
    } catch (InvalidOciException e) {
      throw invalidName("name is not a valid image reference: " + e.getMessage()).cause(e);
    }
  }

  private static Platform platform(String text) {
    try {
      Platform platform = Platform.parse(text);
      if (platform.os().equals("linux")) {
        return platform;
      }
    } catch (InvalidOciException e) {
      throw new ApiException(400, "invalid_platform", String.valueOf(e.getMessage())).cause(e);
    }
    throw new ApiException(
        400, "invalid_platform", "platform: images here are for linux, as in linux/amd64");
  }

  /**
   * The image that the path names. One of the clients encodes a name that its library encodes
   * again; no reference holds a percent sign, so decoding twice is safe.
   */
  private NamedImage find(Request request) {
    String typed = request.parameter("name");
    if (typed.contains("%")) {
      try {
        typed = URLDecoder.decode(typed.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw unknown().cause(e);
      }
    }
    return names
        .find(request.caller().tenant(), typed, hosts(request))
        .orElseThrow(ImageCalls::unknown);
  }

  private Set<String> hosts(Request request) {
    Set<String> hosts = new HashSet<>(Set.of(request.host()));
    options.registryHost().ifPresent(hosts::add);
    return hosts;
  }

  private static ApiException invalidName(String message) {
    return new ApiException(400, "invalid_name", message);
  }

  private static ApiException unknown() {
    return new ApiException(404, "no image with this name");
  }
}
