package dev.cairn.server.registry;

import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.server.http.ServiceErrors;
import dev.cairn.service.Images;
import dev.cairn.service.Mirrors;
import dev.cairn.service.Referrers;
import dev.cairn.service.RepositoryBlobs;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tokens;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The routes and error bodies of the registry. Anonymous callers are refused with the challenge of
 * the token authentication; a token of ours is the password of the login, and comes as Basic or as
 * Bearer without any exchange, too.
 */
public final class RegistryDialect implements Dialect {
  private final Permits permits;
  private final ManifestRoutes manifests;
  private final BlobRoutes blobs;
  private final UploadRoutes uploads;
  private final TagRoutes tags;
  private final ReferrerRoutes referrers;
  private final TokenRoutes tokens;
  private final MirrorRoutes mirrors;

  /** What is in the repositories: the service's façades. */
  public record Content(Images images, RepositoryBlobs blobs, Referrers referrers) {}

  /**
   * The registry over the service's façades.
   *
   * @param publicAddress where clients reach it, as in {@code https://registry.example.com}; absent
   *     for the host that each request was sent to
   */
  public RegistryDialect(Content content, Tokens tokens, Optional<String> publicAddress) {
    this(content, tokens, publicAddress, Mirrors.NONE);
  }

  /** The same with mirrors of other registries. */
  public RegistryDialect(
      Content content, Tokens tokens, Optional<String> publicAddress, Mirrors mirrored) {
    this.permits = new Permits(new Origin(publicAddress));
    this.mirrors = new MirrorRoutes(mirrored, permits);
    this.manifests = new ManifestRoutes(content.images(), permits);
    this.blobs = new BlobRoutes(content.blobs(), permits);
    this.uploads = new UploadRoutes(content.blobs(), permits);
    this.tags = new TagRoutes(content.images(), permits);
    this.referrers = new ReferrerRoutes(content.referrers(), permits);
    this.tokens = new TokenRoutes(tokens, permits);
  }

  @Override
  public String name() {
    return "registry";
  }

  @Override
  public String prefix() {
    return "/v2/";
  }

  @Override
  public List<Route> routes() {
    var any = Access.repository(Right.IMAGE_READ, Right.IMAGE_WRITE, Right.IMAGE_DELETE);
    var read = Access.repository(Right.IMAGE_READ);
    var write = Access.repository(Right.IMAGE_WRITE);
    var delete = Access.repository(Right.IMAGE_DELETE);
    String manifest = "/v2/{name+}/manifests/{reference}";
    String blob = "/v2/{name+}/blobs/{digest}";
    String upload = "/v2/{name+}/blobs/uploads/{upload}";
    String tagList = "/v2/{name+}/tags/list";
    String about = "/v2/{name+}/referrers/{digest}";
    return List.of(
        Route.of(Method.GET, "/v2/", RegistryDialect::version).access(any),
        Route.of(Method.HEAD, "/v2/", RegistryDialect::version).access(any),
        Route.of(Method.GET, "/v2", RegistryDialect::version).access(any),
        Route.of(Method.GET, "/v2/token", tokens::get).access(any),
        Route.of(Method.POST, "/v2/token", tokens::post).access(new Access.FirstMessage()),
        Route.of(Method.GET, "/v2/_catalog", tags::catalog).access(read),
        Route.of(Method.HEAD, "/v2/_catalog", tags::catalog).access(read),
        Route.of(Method.GET, tagList, tags::list).access(read),
        Route.of(Method.HEAD, tagList, tags::list).access(read),
        Route.of(Method.GET, about, referrers::list).access(read),
        Route.of(Method.HEAD, about, referrers::list).access(read),
        Route.of(Method.GET, manifest, mirrors.manifests(manifests::get)).access(read),
        Route.of(Method.HEAD, manifest, mirrors.manifests(manifests::get)).access(read),
        Route.of(Method.PUT, manifest, mirrors.writes(manifests::put))
            .access(write)
            .body(ManifestRoutes.MOST_BYTES),
        Route.of(Method.DELETE, manifest, manifests::delete).access(delete),
        Route.of(Method.GET, blob, mirrors.blobs(blobs::get)).access(read),
        Route.of(Method.HEAD, blob, mirrors.blobs(blobs::get)).access(read),
        Route.of(Method.DELETE, blob, blobs::delete).access(delete),
        // How large an upload may become is the tenant's limit.
        Route.of(Method.POST, "/v2/{name+}/blobs/uploads/", mirrors.writes(uploads::begin))
            .access(write)
            .body(Long.MAX_VALUE),
        Route.of(Method.POST, "/v2/{name+}/blobs/uploads", mirrors.writes(uploads::begin))
            .access(write)
            .body(Long.MAX_VALUE),
        Route.of(Method.GET, upload, uploads::status).access(write),
        Route.of(Method.PATCH, upload, uploads::append).access(write).body(Long.MAX_VALUE),
        Route.of(Method.PUT, upload, uploads::finish).access(write).body(Long.MAX_VALUE),
        Route.of(Method.DELETE, upload, uploads::abort).access(write));
  }

  private static void version(Request request, Response response) {
    response.header("Docker-Distribution-API-Version", "registry/2.0");
    response.json(200, Map.of());
  }

  @Override
  public String challenge(Request request) {
    return permits.challenge(request);
  }

  @Override
  public ApiException translate(ServiceException refused) {
    String code =
        switch (refused.code()) {
          case "manifest-blob-unknown" -> "MANIFEST_BLOB_UNKNOWN";
          case "manifest-invalid" -> "MANIFEST_INVALID";
          case "digest-mismatch" -> "DIGEST_INVALID";
          case "scopes-too-many" -> "UNSUPPORTED";
          default -> "";
        };
    return ServiceErrors.translate(refused, code);
  }

  @Override
  public void error(ApiException problem, Response response) {
    String code = problem.code().orElseGet(() -> code(problem.status()));
    response.header("Docker-Distribution-API-Version", "registry/2.0");
    response.json(
        problem.status(),
        Map.of("errors", List.of(Map.of("code", code, "message", problem.message()))));
  }

  private static String code(int status) {
    return switch (status) {
      case 400 -> "DIGEST_INVALID";
      case 401 -> "UNAUTHORIZED";
      case 403 -> "DENIED";
      case 404 -> "NAME_UNKNOWN";
      case 405, 422 -> "UNSUPPORTED";
      case 409, 416 -> "BLOB_UPLOAD_INVALID";
      case 413 -> "SIZE_INVALID";
      case 429 -> "TOOMANYREQUESTS";
      default -> "UNKNOWN";
    };
  }
}
