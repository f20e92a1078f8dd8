package dev.cairn.server.cairn;

import dev.cairn.build.Inputs;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Pushes;
import dev.cairn.service.RegistryLogins;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tenant's logins for registries. */
final class LoginRoutes {
  private final RegistryLogins logins;

  LoginRoutes(RegistryLogins logins) {
    this.logins = logins;
  }

  record Body(
      Optional<String> username,
      Optional<String> password,
      Optional<String> token,
      Optional<String> repository,
      Optional<List<String>> purposes) {
    @Override
    public String toString() {
      return "***";
    }
  }

  void set(Request request, Response response) throws IOException {
    Body body = BuildRoutes.parse(ContentRoutes.bytes(request), Body.class);
    RegistryHost host = Field.read("host", request.parameter("host"), RegistryHost::parse);
    Set<Inputs.Purpose> purposes = EnumSet.noneOf(Inputs.Purpose.class);
    for (String purpose : Field.list("purposes", body.purposes(), 3)) {
      purposes.add(Field.constant("purposes", purpose, Inputs.Purpose.class));
    }
    if (body.purposes().isEmpty()) {
      purposes = EnumSet.of(Inputs.Purpose.PULL, Inputs.Purpose.PUSH);
    }
    var place = new RegistryLogins.Place(host, repository(body.repository()));
    Pushes.SentLogin login =
        new PushRoutes.LoginBody(body.username(), body.password(), body.token()).read("body");
    try {
      response.json(
          200,
          wire(
              logins.set(
                  request.caller().tenant(), place, purposes, login.username(), login.password())));
    } finally {
      Arrays.fill(login.password(), (byte) 0);
    }
  }

  void list(Request request, Response response) {
    response.json(
        200,
        Map.of(
            "logins",
            logins.list(request.caller().tenant()).stream().map(LoginRoutes::wire).toList()));
  }

  void delete(Request request, Response response) {
    RegistryHost host;
    try {
      host = RegistryHost.parse(request.parameter("host"));
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    var place = new RegistryLogins.Place(host, repository(request.query("repository")));
    if (!logins.delete(request.caller().tenant(), place)) {
      throw unknown();
    }
    response.empty(204);
  }

  private static Optional<RepositoryName> repository(Optional<String> text) {
    return text.map(name -> Field.read("repository", name, RepositoryName::parse));
  }

  private static ApiException unknown() {
    return new ApiException(404, "not-found", "no login for this registry");
  }

  private static Map<String, Object> wire(RegistryLogins.Login login) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("host", login.place().host().value());
    login.place().repository().ifPresent(name -> wire.put("repository", name.value()));
    wire.put("purposes", login.purposes().stream().map(Field::word).sorted().toList());
    wire.put("username", login.username());
    wire.put("createdAt", WireBuild.time(login.createdAt()));
    wire.put("updatedAt", WireBuild.time(login.updatedAt()));
    return wire;
  }
}
