package dev.cairn.server.cairn;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.server.Operations;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.service.Audit;
import dev.cairn.service.Blobs;
import dev.cairn.service.Builders;
import dev.cairn.service.Builds;
import dev.cairn.service.Contexts;
import dev.cairn.service.Events;
import dev.cairn.service.GarbageCollection;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.Pushes;
import dev.cairn.service.RegistryLogins;
import dev.cairn.service.Right;
import dev.cairn.service.TenantSecrets;
import dev.cairn.service.Tenants;
import dev.cairn.service.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The routes and error bodies of Cairn's own API. */
public final class CairnDialect implements Dialect {
  /** The name of this API, also in the origin of its builds. */
  public static final String NAME = "cairn";

  /** What its paths begin with. */
  public static final String BASE = "/api/v1";

  private static final long MOST_REQUEST = 16L << 20;
  private static final long MOST_OFFER = 64L << 20;

  private final Builds builds;
  private final Operations operations;
  private final Set<Feature> offered;
  private final BuildRoutes buildRoutes;
  private final EventRoutes events;
  private final OutputRoute output;
  private final ContentRoutes content;
  private final AccountRoutes accounts;
  private final ImageRoutes images;
  private final BuilderRoutes builders;
  private final CatalogRoutes catalog;
  private final CollectionRoutes collection;
  private final PushRoutes pushes;
  private final LoginRoutes logins;
  private final AuditRoutes audit;

  /**
   * What the dialect calls.
   *
   * @param builds builds
   * @param events their logs
   * @param contexts their sources
   * @param blobs uploads and downloads
   * @param images names
   * @param builders named builders
   * @param named images by name
   */
  public record Building(
      Builds builds,
      Events events,
      Contexts contexts,
      Blobs blobs,
      Images images,
      Builders builders,
      NamedImages named) {}

  /**
   * Whom it serves.
   *
   * @param tenants tenants
   * @param tokens their credentials
   * @param secrets their secrets
   * @param audit who did what
   */
  public record Accounts(Tenants tenants, Tokens tokens, TenantSecrets secrets, Audit audit) {}

  /**
   * What operators ask.
   *
   * @param operations the installation
   * @param collection what nothing needs any more
   */
  public record Upkeep(Operations operations, GarbageCollection collection) {}

  /**
   * Registries elsewhere.
   *
   * @param pushes what is sent there
   * @param logins with what
   */
  public record Registries(Pushes pushes, RegistryLogins logins) {}

  /**
   * The dialect over the service's façades.
   *
   * @param store where the layers of a flattened output are read
   * @param offered the features beyond the basic ones that this installation has
   */
  public CairnDialect(
      Building building,
      Accounts people,
      Registries registries,
      BlobStore store,
      Upkeep upkeep,
      Set<Feature> offered) {
    this.builds = building.builds();
    this.operations = upkeep.operations();
    this.offered = Set.copyOf(offered);
    this.buildRoutes = new BuildRoutes(building.builds(), this.offered);
    this.events = new EventRoutes(building.builds(), building.events());
    this.output = new OutputRoute(building.builds(), building.blobs(), store);
    this.content = new ContentRoutes(building.contexts(), building.blobs());
    this.accounts = new AccountRoutes(people.tenants(), people.tokens(), people.secrets());
    this.audit = new AuditRoutes(people.audit());
    this.images = new ImageRoutes(building.images());
    this.builders = new BuilderRoutes(building.builders());
    this.catalog = new CatalogRoutes(building.named());
    this.collection = new CollectionRoutes(upkeep.collection());
    this.pushes = new PushRoutes(registries.pushes(), building.images());
    this.logins = new LoginRoutes(registries.logins());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String prefix() {
    return "/";
  }

  @Override
  public List<Route> routes() {
    var read = Access.bearer(Right.BUILD_READ);
    var write = Access.bearer(Right.BUILD_WRITE);
    var tokenAdmin = Access.bearer(Right.TOKEN_ADMIN);
    var tenantAdmin = Access.bearer(Right.TENANT_ADMIN);
    var systemAdmin = Access.bearer(Right.SYSTEM_ADMIN);
    var imageRead = Access.bearer(Right.IMAGE_READ);
    return List.of(
        route(Method.GET, "/openapi.yaml", CairnDialect::contract).access(Access.open()),
        route(Method.GET, "/info", this::info).access(read),
        route(Method.POST, "/contexts", content::offer).access(write).body(MOST_OFFER),
        // How large an upload may become is the tenant's limit.
        route(Method.POST, "/archives", content::archive).access(write).body(Long.MAX_VALUE),
        route(Method.HEAD, "/blobs/{digest}", content::blobHead).access(write),
        route(Method.GET, "/blobs/{digest}", content::blobGet).access(read),
        route(Method.PUT, "/blobs/{digest}", content::blobPut).access(write).body(Long.MAX_VALUE),
        route(Method.POST, "/builds", buildRoutes::create).access(write).body(MOST_REQUEST),
        route(Method.GET, "/builds", buildRoutes::list).access(read),
        route(Method.GET, "/builds/{id}", buildRoutes::get).access(read),
        route(Method.DELETE, "/builds/{id}", buildRoutes::cancel)
            .access(Access.bearer(Right.BUILD_DELETE)),
        route(Method.POST, "/builds/{id}/release", buildRoutes::release).access(write),
        route(Method.GET, "/builds/{id}/events", events::stream).access(read),
        route(Method.GET, "/builds/{id}/steps/{step}/why", events::why).access(read),
        route(Method.GET, "/builds/{id}/output", output).access(read),
        route(Method.GET, "/tenants", accounts::listTenants).access(tenantAdmin),
        route(Method.POST, "/tenants", accounts::createTenant).access(tenantAdmin),
        route(Method.GET, "/tenants/{tenant}", accounts::getTenant).access(read),
        route(Method.PUT, "/tenants/{tenant}/limits", accounts::setLimits).access(tenantAdmin),
        route(Method.POST, "/tenants/{tenant}/tokens", accounts::issueTenantToken)
            .access(tenantAdmin),
        route(Method.GET, "/tokens", accounts::listTokens).access(tokenAdmin),
        route(Method.POST, "/tokens", accounts::issueToken).access(tokenAdmin),
        route(Method.DELETE, "/tokens/{id}", accounts::revokeToken).access(tokenAdmin),
        route(Method.GET, "/secrets", accounts::listSecrets)
            .access(Access.bearer(Right.SECRET_READ)),
        route(Method.PUT, "/secrets/{id}", accounts::setSecret)
            .access(Access.bearer(Right.SECRET_WRITE))
            .body(AccountRoutes.MOST_SECRET),
        route(Method.DELETE, "/secrets/{id}", accounts::deleteSecret)
            .access(Access.bearer(Right.SECRET_WRITE)),
        route(Method.GET, "/images", images::repositories).access(imageRead),
        route(Method.GET, "/images/{name+}/tags", images::tags).access(imageRead),
        route(Method.PUT, "/images/{name+}/tags/{tag}", images::tag)
            .access(Access.bearer(Right.IMAGE_WRITE)),
        route(Method.DELETE, "/images/{name+}/tags/{tag}", images::deleteTag)
            .access(Access.bearer(Right.IMAGE_DELETE)),
        route(Method.GET, "/images/{name+}/manifests/{reference}", images::inspect)
            .access(imageRead),
        route(Method.DELETE, "/images/{name+}/manifests/{digest}", images::deleteManifest)
            .access(Access.bearer(Right.IMAGE_DELETE)),
        route(Method.GET, "/catalog", catalog::list).access(imageRead),
        route(Method.GET, "/catalog/{name+}", catalog::get).access(imageRead),
        route(Method.DELETE, "/catalog/{name+}", catalog::delete)
            .access(Access.bearer(Right.IMAGE_DELETE)),
        route(Method.POST, "/pulls", catalog::pull).access(Access.bearer(Right.IMAGE_WRITE)),
        route(Method.GET, "/builders", builders::list).access(read),
        route(Method.POST, "/builders", builders::create).access(write),
        route(Method.GET, "/builders/{id}", builders::get).access(read),
        route(Method.POST, "/builders/{id}/prune", builders::prune).access(write),
        route(Method.DELETE, "/builders/{id}", builders::delete)
            .access(Access.bearer(Right.BUILD_DELETE)),
        route(Method.POST, "/pushes", pushes::create).access(Access.bearer(Right.IMAGE_WRITE)),
        route(Method.GET, "/pushes", pushes::list).access(imageRead),
        route(Method.GET, "/pushes/{id}", pushes::get).access(imageRead),
        route(Method.DELETE, "/pushes/{id}", pushes::cancel)
            .access(Access.bearer(Right.IMAGE_WRITE)),
        route(Method.GET, "/registry-logins", logins::list)
            .access(Access.bearer(Right.SECRET_READ)),
        route(Method.PUT, "/registry-logins/{host}", logins::set)
            .access(Access.bearer(Right.SECRET_WRITE)),
        route(Method.DELETE, "/registry-logins/{host}", logins::delete)
            .access(Access.bearer(Right.SECRET_WRITE)),
        route(Method.GET, "/audit", audit::find).access(systemAdmin),
        route(Method.GET, "/audit/chain", audit::chain).access(systemAdmin),
        route(Method.GET, "/gc", collection::plan).access(systemAdmin),
        route(Method.POST, "/gc", collection::collect).access(systemAdmin));
  }

  private static Route route(Method method, String path, dev.cairn.server.http.Handler handler) {
    return Route.of(method, BASE + path, handler);
  }

  private static void contract(Request request, Response response) throws IOException {
    try (InputStream in = CairnDialect.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is not beside its classes");
      }
      response.bytes(200, "application/yaml", in.readAllBytes());
    }
  }

  private void info(Request request, Response response) {
    var queue = builds.queue();
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("name", "cairn");
    wire.put("tenant", request.caller().tenant().value());
    wire.put("token", request.caller().tokenId());
    wire.put("rights", request.caller().rights().stream().map(Right::text).sorted().toList());
    wire.put("queue", queue);
    wire.put(
        "unsupported",
        Arrays.stream(Feature.values())
            .filter(feature -> !offered.contains(feature))
            .map(Feature::field)
            .toList());
    wire.put("installation", operations.describe());
    response.json(200, wire);
  }

  @Override
  public void error(ApiException problem, Response response) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", problem.code().orElseGet(() -> code(problem.status())));
    error.put("message", problem.message());
    response.json(problem.status(), Map.of("error", error));
  }

  private static String code(int status) {
    return switch (status) {
      case 400 -> "bad-request";
      case 401 -> "unauthenticated";
      case 403 -> "right-missing";
      case 404 -> "not-found";
      case 405 -> "method-not-allowed";
      case 409 -> "conflict";
      case 413 -> "too-large";
      case 416 -> "range-invalid";
      case 429 -> "too-many";
      case 503 -> "unavailable";
      default -> "internal";
    };
  }
}
