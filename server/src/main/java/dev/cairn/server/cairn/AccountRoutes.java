package dev.cairn.server.cairn;

import dev.cairn.build.TenantId;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.Tenant;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.TenantSecrets;
import dev.cairn.service.Tenants;
import dev.cairn.service.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tenants, tokens and secrets. */
final class AccountRoutes {
  /** The largest secret that is read. */
  static final long MOST_SECRET = 512 << 10;

  private final Tenants tenants;
  private final Tokens tokens;
  private final TenantSecrets secrets;

  AccountRoutes(Tenants tenants, Tokens tokens, TenantSecrets secrets) {
    this.tenants = tenants;
    this.tokens = tokens;
    this.secrets = secrets;
  }

  record TenantBody(Optional<String> id, Optional<LimitsBody> limits) {}

  record LimitsBody(
      Optional<Integer> queued,
      Optional<Integer> running,
      Optional<Integer> weight,
      Optional<Integer> uploads,
      Optional<Long> uploadBytes,
      Optional<Integer> secrets) {}

  record TokenBody(
      Optional<String> name,
      Optional<List<String>> rights,
      Optional<List<String>> repositories,
      Optional<Instant> expiresAt) {}

  void createTenant(Request request, Response response) throws IOException {
    TenantBody body = BuildRoutes.parse(ContentRoutes.bytes(request), TenantBody.class);
    TenantId id = Field.read("id", Field.required("id", body.id()), TenantId::new);
    TenantLimits limits =
        body.limits()
            .map(given -> limits(given, TenantLimits.DEFAULT))
            .orElse(TenantLimits.DEFAULT);
    response.json(201, tenant(tenants.create(id, limits)));
  }

  void listTenants(Request request, Response response) {
    response.json(
        200, Map.of("tenants", tenants.list().stream().map(AccountRoutes::tenant).toList()));
  }

  void getTenant(Request request, Response response) {
    TenantId id = named(request);
    boolean own = id.equals(request.caller().tenant());
    if (!own && !request.caller().may(Right.TENANT_ADMIN)) {
      throw unknownTenant();
    }
    response.json(200, tenant(tenants.find(id).orElseThrow(AccountRoutes::unknownTenant)));
  }

  void setLimits(Request request, Response response) throws IOException {
    LimitsBody body = BuildRoutes.parse(ContentRoutes.bytes(request), LimitsBody.class);
    Tenant old = tenants.find(named(request)).orElseThrow(AccountRoutes::unknownTenant);
    response.json(200, tenant(tenants.setLimits(old.id(), limits(body, old.limits()))));
  }

  /** A token for the caller's own tenant: never with a right that the caller lacks. */
  void issueToken(Request request, Response response) throws IOException {
    issue(request, response, request.caller().tenant());
  }

  /** A first token for another tenant; the route needs the right over tenants. */
  void issueTenantToken(Request request, Response response) throws IOException {
    issue(request, response, named(request));
  }

  private void issue(Request request, Response response, TenantId tenant) throws IOException {
    TokenBody body = BuildRoutes.parse(ContentRoutes.bytes(request), TokenBody.class);
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (String text : Field.list("rights", body.rights(), 100)) {
      rights.add(Field.read("rights", text, Right::parse));
    }
    List<RepositoryGrant> repositories =
        Field.list("repositories", body.repositories(), 100).stream()
            .map(text -> Field.read("repositories", text, RepositoryGrant::parse))
            .toList();
    if (body.rights().isEmpty()) {
      rights.addAll(
          repositories.isEmpty() ? Right.ordinary() : RepositoryGrant.rights(repositories));
      rights.retainAll(request.caller().rights());
    }
    for (Right right : rights) {
      if (!request.caller().may(right)) {
        throw new ApiException(
            403, "right-missing", "rights: you cannot give " + right.text() + ", you lack it");
      }
    }
    var issued =
        tokens.issue(
            tenant,
            new Tokens.Purpose(body.name().orElse(""), rights, repositories, body.expiresAt()));
    Map<String, Object> wire = token(issued.token());
    wire.put("token", issued.text());
    response.header("Cache-Control", "no-store");
    response.json(201, wire);
  }

  void listTokens(Request request, Response response) {
    var all = tokens.list(request.caller().tenant());
    response.json(200, Map.of("tokens", all.stream().map(AccountRoutes::token).toList()));
  }

  void revokeToken(Request request, Response response) {
    if (!tokens.revoke(request.caller().tenant(), request.parameter("id"))) {
      throw new ApiException(404, "not-found", "no token with this id");
    }
    response.empty(204);
  }

  void listSecrets(Request request, Response response) {
    var all = secrets.list(request.caller().tenant());
    response.json(200, Map.of("secrets", all.stream().map(AccountRoutes::secret).toList()));
  }

  void setSecret(Request request, Response response) throws IOException {
    byte[] value;
    try (InputStream body = request.body()) {
      value = body.readAllBytes();
    }
    try {
      response.json(
          200, secret(secrets.set(request.caller().tenant(), request.parameter("id"), value)));
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  void deleteSecret(Request request, Response response) {
    if (!secrets.delete(request.caller().tenant(), request.parameter("id"))) {
      throw new ApiException(404, "not-found", "no secret with this id");
    }
    response.empty(204);
  }

  private static TenantId named(Request request) {
    try {
      return new TenantId(request.parameter("tenant"));
    } catch (IllegalArgumentException e) {
      throw unknownTenant();
    }
  }

  private static ApiException unknownTenant() {
    return new ApiException(404, "not-found", "no tenant with this name");
  }

  private static TenantLimits limits(LimitsBody body, TenantLimits old) {
    return Field.read(
        "limits",
        body,
        b ->
            new TenantLimits(
                b.queued().orElse(old.queued()),
                b.running().orElse(old.running()),
                b.weight().orElse(old.weight()),
                b.uploads().orElse(old.uploads()),
                b.uploadBytes().orElse(old.uploadBytes()),
                b.secrets().orElse(old.secrets())));
  }

  private static Map<String, Object> tenant(Tenant tenant) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", tenant.id().value());
    wire.put("createdAt", WireBuild.time(tenant.createdAt()));
    wire.put("limits", tenant.limits());
    return wire;
  }

  private static Map<String, Object> token(Tokens.Token token) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", token.id());
    wire.put("tenant", token.tenant().value());
    wire.put("name", token.name());
    wire.put("rights", token.rights().stream().map(Right::text).sorted().toList());
    if (!token.repositories().isEmpty()) {
      wire.put(
          "repositories", token.repositories().stream().map(RepositoryGrant::toString).toList());
    }
    wire.put("createdAt", WireBuild.time(token.createdAt()));
    token.expiresAt().ifPresent(at -> wire.put("expiresAt", WireBuild.time(at)));
    token.lastUsedAt().ifPresent(at -> wire.put("lastUsedAt", WireBuild.time(at)));
    return wire;
  }

  private static Map<String, Object> secret(TenantSecrets.SecretInfo secret) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", secret.id());
    wire.put("createdAt", WireBuild.time(secret.createdAt()));
    wire.put("updatedAt", WireBuild.time(secret.updatedAt()));
    return wire;
  }
}
