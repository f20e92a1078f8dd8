package dev.cairn.server.registry;

import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.server.http.ServiceErrors;
import dev.cairn.service.Blobs;
import dev.cairn.service.Images;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tokens;
import java.util.List;
import java.util.Map;

/**
 * The routes and error bodies of the registry. Anonymous callers are refused: a token comes as the
 * password of Basic, with any user name, or as Bearer.
 */
public final class RegistryDialect implements Dialect {
  private final ManifestRoutes manifests;
  private final BlobRoutes blobs;
  private final UploadRoutes uploads;
  private final TagRoutes tags;
  private final TokenRoutes tokens;

  /** The registry over the service's façades. */
  public RegistryDialect(Images images, Blobs blobs, Tokens tokens) {
    this.manifests = new ManifestRoutes(images);
    this.blobs = new BlobRoutes(blobs);
    this.uploads = new UploadRoutes(blobs);
    this.tags = new TagRoutes(images);
    this.tokens = new TokenRoutes(tokens);
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
    var any = Access.bearer(Right.IMAGE_READ, Right.IMAGE_WRITE);
    var read = Access.bearer(Right.IMAGE_READ);
    var write = Access.bearer(Right.IMAGE_WRITE);
    var delete = Access.bearer(Right.IMAGE_DELETE);
    String manifest = "/v2/{name+}/manifests/{reference}";
    String blob = "/v2/{name+}/blobs/{digest}";
    String upload = "/v2/{name+}/blobs/uploads/{upload}";
    return List.of(
        Route.of(Method.GET, "/v2/", RegistryDialect::version).access(any),
        Route.of(Method.GET, "/v2", RegistryDialect::version).access(any),
        Route.of(Method.GET, "/v2/token", tokens::get).access(any),
        Route.of(Method.POST, "/v2/token", tokens::post).access(new Access.FirstMessage()),
        Route.of(Method.GET, "/v2/_catalog", tags::catalog).access(read),
        Route.of(Method.GET, "/v2/{name+}/tags/list", tags::list).access(read),
        Route.of(Method.GET, manifest, manifests::get).access(read),
        Route.of(Method.HEAD, manifest, manifests::get).access(read),
        Route.of(Method.PUT, manifest, manifests::put)
            .access(write)
            .body(ManifestRoutes.MOST_BYTES),
        Route.of(Method.DELETE, manifest, manifests::delete).access(delete),
        Route.of(Method.GET, blob, blobs::get).access(read),
        Route.of(Method.HEAD, blob, blobs::get).access(read),
        // How large an upload may become is the tenant's limit.
        Route.of(Method.POST, "/v2/{name+}/blobs/uploads/", uploads::begin)
            .access(write)
            .body(Long.MAX_VALUE),
        Route.of(Method.POST, "/v2/{name+}/blobs/uploads", uploads::begin)
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
    // Basic, since every client knows it and no address of ours has to be guessed for a realm.
    return "Basic realm=\"cairn\"";
  }

  @Override
  public ApiException translate(ServiceException refused) {
    String code =
        switch (refused.code()) {
          case "manifest-blob-unknown" -> "MANIFEST_BLOB_UNKNOWN";
          case "manifest-invalid" -> "MANIFEST_INVALID";
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
