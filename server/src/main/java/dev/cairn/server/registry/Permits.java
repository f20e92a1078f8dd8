package dev.cairn.server.registry;

import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryAction;
import java.util.Optional;

/**
 * Who may do what in which repository, and the challenge that tells a client which token to fetch
 * (token authentication of registries: realm, service and scope).
 */
final class Permits {
  private static final String BASIC = "Basic realm=\"cairn\"";

  private final Origin origin;

  Permits(Origin origin) {
    this.origin = origin;
  }

  /**
   * The repository of the path, in which the caller may do this.
   *
   * @throws ApiException 401 with the scope to ask for, if the caller's login may do it but the
   *     token was fetched for something else; 403 if not even the login may
   */
  RepositoryName require(Request request, RepositoryAction action) {
    RepositoryName repository = Names.repository(request);
    Principal caller = request.caller();
    if (!caller.may(action, repository)) {
      throw refused(request, caller.login().filter(login -> login.may(action, repository)));
    }
    return repository;
  }

  /** Insists on the right to see a list of repositories, at least a part of it. */
  void requireList(Request request) {
    Principal caller = request.caller();
    if (!caller.maySomewhere(RepositoryAction.LIST)) {
      throw refused(
          request, caller.login().filter(login -> login.maySomewhere(RepositoryAction.LIST)));
    }
  }

  /**
   * The repository that a blob is to be mounted from, if the caller may pull there; nothing if not,
   * and then the blob is uploaded instead.
   *
   * @throws ApiException 401 if the login may but the token was fetched for something else
   */
  Optional<RepositoryName> source(Request request, String from) {
    Principal caller = request.caller();
    RepositoryName source;
    try {
      source = RepositoryNames.relative(caller.tenant(), from);
    } catch (InvalidOciException e) {
      return Optional.empty();
    }
    if (caller.may(RepositoryAction.PULL, source)) {
      return Optional.of(source);
    }
    var login = caller.login().filter(better -> better.may(RepositoryAction.PULL, source));
    if (login.isPresent()) {
      throw refused(request, login);
    }
    return Optional.empty();
  }

  private ApiException refused(Request request, Optional<Principal> login) {
    return login.isPresent()
        ? new ApiException(
                401,
                "the token was not fetched for this: fetch one for the scope " + scope(request))
            .header("WWW-Authenticate", challenge(request, ",error=\"insufficient_scope\""))
        : new ApiException(403, "the token does not open this repository for this");
  }

  /** The challenge for a request without a valid credential. */
  String challenge(Request request) {
    return challenge(request, "");
  }

  private String challenge(Request request, String error) {
    return origin
        .of(request)
        .map(address -> {
          String scope = scope(request);
          return "Bearer realm=\""
              + address
              + "/v2/token\",service=\""
              + address.substring(address.indexOf("//") + 2)
              + "\""
              + (scope.isEmpty() ? "" : ",scope=\"" + scope + "\"")
              + error;
        })
        .orElse(BASIC);
  }

  /** What a client needs for a request like this one. */
  private static String scope(Request request) {
    if (request.rawPath().equals("/v2/_catalog")) {
      return "registry:catalog:*";
    }
    Optional<String> name = request.optionalParameter("name").filter(Permits::isName);
    if (name.isEmpty()) {
      return "";
    }
    String actions =
        switch (request.method()) {
          case "GET", "HEAD" -> "pull";
          case "DELETE" -> "delete";
          default -> "pull,push";
        };
    // An upload belongs to whoever pushes, to be asked about and aborted as well.
    String needed = request.optionalParameter("upload").isPresent() ? "pull,push" : actions;
    String mounted =
        request.method().equals("POST") && request.query("mount").isPresent()
            ? request
                .query("from")
                .filter(Permits::isName)
                .map(from -> " repository:" + from + ":pull")
                .orElse("")
            : "";
    return "repository:" + name.get() + ":" + needed + mounted;
  }

  private static boolean isName(String text) {
    try {
      return !new RepositoryName(text).value().isEmpty();
    } catch (InvalidOciException e) {
      return false;
    }
  }
}
