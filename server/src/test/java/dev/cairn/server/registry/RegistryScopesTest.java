package dev.cairn.server.registry;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.RealServer;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Route;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tokens of the registry open: nothing beyond what was asked for and what the login opens. */
class RegistryScopesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final List<RepositoryAction> ACTIONS =
      List.of(RepositoryAction.PULL, RepositoryAction.PUSH, RepositoryAction.DELETE);
  private static final List<String> REPOSITORIES = List.of("app", "team/x");

  @TempDir Path directory;
  private RealServer server;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
    server.token("acme");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Tokens.Issued issue(Set<Right> rights, List<RepositoryGrant> repositories) {
    return server
        .service()
        .tokens()
        .issue(ACME, new Tokens.Purpose("", rights, repositories, Optional.empty()));
  }

  /** Logs in with Basic, as docker does, and returns the token of the answer. */
  private String exchange(String login, String... scopes) throws Exception {
    String query =
        List.of(scopes).stream()
            .map(scope -> "&scope=" + scope.replace(" ", "%20"))
            .collect(Collectors.joining());
    var answer = server.send(basic("/v2/token?service=any" + query, login));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return tree(answer).path("token").asString("");
  }

  private HttpRequest.Builder basic(String path, String login) {
    String encoded =
        Base64.getEncoder().encodeToString(("any:" + login).getBytes(StandardCharsets.UTF_8));
    return server.to(path, login).setHeader("Authorization", "Basic " + encoded);
  }

  private int status(String token, RepositoryAction action, String repository) throws Exception {
    return tried(token, action, repository).statusCode();
  }

  private HttpResponse<String> tried(String token, RepositoryAction action, String repository)
      throws Exception {
    String path = "/v2/acme/" + repository;
    return switch (action) {
      case PULL -> server.get(path + "/manifests/none", token);
      case PUSH -> server.send("POST", path + "/blobs/uploads/", token, new byte[0]);
      case DELETE -> server.send("DELETE", path + "/manifests/none", token, new byte[0]);
      case LIST -> server.get("/v2/_catalog", token);
    };
  }

  private static <T> List<Set<T>> subsets(List<T> all) {
    List<Set<T>> subsets = new ArrayList<>();
    for (int bits = 1; bits < 1 << all.size(); bits++) {
      int chosen = bits;
      subsets.add(
          all.stream()
              .filter(item -> (chosen >> all.indexOf(item) & 1) == 1)
              .collect(Collectors.toSet()));
    }
    return subsets;
  }

  /** Every login, every scope, every request. */
  @Test
  void opensExactlyWhatWasAskedForAndTheLoginOpens() throws Exception {
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    // A tenant has so many uploads open at once; refused ones count as let through here.
    for (Set<Right> rights :
        subsets(List.of(Right.IMAGE_READ, Right.IMAGE_WRITE, Right.IMAGE_DELETE))) {
      for (String limits :
          List.of("", "app:pull", "app:pull,push", "team/*:pull", "**:push,delete")) {
        List<RepositoryGrant> grants =
            limits.isEmpty() ? List.of() : List.of(RepositoryGrant.parse(limits));
        String login = issue(rights, grants).text();
        for (Set<RepositoryAction> asked : subsets(ACTIONS)) {
          for (String repository : REPOSITORIES) {
            String scope =
                "repository:acme/"
                    + repository
                    + ":"
                    + asked.stream().map(RepositoryAction::text).collect(Collectors.joining(","));
            String token = exchange(login, scope);
            for (String other : REPOSITORIES) {
              for (RepositoryAction action : ACTIONS) {
                boolean may =
                    rights.contains(action.right())
                        && (grants.isEmpty()
                            || grants.getFirst().allows(action, new RepositoryName(other)));
                boolean opened = may && other.equals(repository) && asked.contains(action);
                int status = status(token, action, other);
                boolean refused = status == 401 || status == 403;
                if (opened == refused || (refused && status != (may ? 401 : 403))) {
                  wrong.add(
                      rights + " " + limits + " " + scope + ": " + action + " " + other + " "
                          + status);
                }
                tried++;
              }
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(tried).isEqualTo(7 * 5 * 7 * 2 * 2 * 3);
  }

  @Test
  void tellsWhichScopeIsMissing() throws Exception {
    String login = server.token("acme");
    String token = exchange(login, "repository:acme/app:pull");
    var refused = tried(token, RepositoryAction.PUSH, "app");
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("/v2/token\"")
        .contains("scope=\"repository:acme/app:pull,push\"")
        .contains("error=\"insufficient_scope\"");
    var mount =
        server.send(
            "POST",
            "/v2/acme/app/blobs/uploads/?from=acme/team/x&mount=sha256:" + "0".repeat(64),
            exchange(login, "repository:acme/app:pull,push"),
            new byte[0]);
    assertThat(mount.statusCode()).isEqualTo(401);
    assertThat(mount.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("scope=\"repository:acme/app:pull,push repository:acme/team/x:pull\"");
    var catalog = tried(token, RepositoryAction.LIST, "");
    assertThat(catalog.statusCode()).isEqualTo(401);
    assertThat(catalog.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("scope=\"registry:catalog:*\"");
    assertThat(tried(exchange(login, "registry:catalog:*"), RepositoryAction.LIST, "").statusCode())
        .isEqualTo(200);
  }

  @Test
  void takesTheOauthFormToo() throws Exception {
    String login = server.token("acme");
    for (String credential :
        List.of("grant_type=password&username=any&password=", "refresh_token=")) {
      var answer =
          form(credential + login + "&scope=repository:acme/app:pull%20registry:catalog:*");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(tree(answer).path("scope").asString(""))
          .isEqualTo("repository:acme/app:pull registry:catalog:*");
      String token = tree(answer).path("access_token").asString("");
      assertThat(token).isNotEqualTo(login);
      assertThat(status(token, RepositoryAction.PULL, "app")).isEqualTo(404);
    }
    assertThat(form("grant_type=password&password=wrong").statusCode()).isEqualTo(401);
    assertThat(form("").statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> form(String body) throws Exception {
    return server.send(
        server
            .to("/v2/token", "")
            .setHeader("Authorization", "")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void makesNoTokenOfATokenAndNoneForStrangers() throws Exception {
    String token = exchange(server.token("acme"), "repository:acme/app:pull");
    assertThat(server.get("/v2/token?scope=repository:acme/app:push", token).statusCode())
        .isEqualTo(401);
    assertThat(form("refresh_token=" + token).statusCode()).isEqualTo(401);
    assertThat(server.get("/v2/token", "wrong").statusCode()).isEqualTo(401);
    String builder = server.login("acme", EnumSet.of(Right.BUILD_WRITE)).text();
    assertThat(server.get("/v2/token", builder).statusCode()).isEqualTo(403);
    assertThat(form("password=" + builder).statusCode()).isEqualTo(403);
    var tooMany = new StringBuilder("/v2/token?x=y");
    for (int i = 0; i < 21; i++) {
      tooMany.append("&scope=repository:acme/r").append(i).append(":pull");
    }
    assertThat(server.get(tooMany.toString(), server.token("acme")).statusCode()).isEqualTo(400);
  }

  @Test
  void diesAtOnceWithItsLogin() throws Exception {
    var login = issue(EnumSet.of(Right.IMAGE_READ), List.of());
    String token = exchange(login.text(), "repository:acme/app:pull");
    assertThat(status(token, RepositoryAction.PULL, "app")).isEqualTo(404);
    server.service().tokens().revoke(ACME, login.token().id());
    assertThat(status(token, RepositoryAction.PULL, "app")).isEqualTo(401);
    String changed = token.substring(0, token.length() - 2) + (token.endsWith("AA") ? "BB" : "AA");
    assertThat(status(changed, RepositoryAction.PULL, "app")).isEqualTo(401);
    assertThat(status("cairn-registry.", RepositoryAction.PULL, "app")).isEqualTo(401);
  }

  @Test
  void opensNothingButTheRegistry() throws Exception {
    String limited =
        issue(Set.of(Right.IMAGE_READ), List.of(RepositoryGrant.parse("**:pull"))).text();
    String exchanged = exchange(server.token("acme"), "repository:acme/app:pull,push,delete");
    List<String> open = new ArrayList<>();
    for (Dialect dialect : server.dialects()) {
      for (Route route : dialect.routes()) {
        if (dialect.name().equals("registry") || !(route.access() instanceof Access.Bearer)) {
          continue;
        }
        String path = route.path().text().replaceAll("\\{[^}]+}", "x");
        for (String token : List.of(limited, exchanged)) {
          var answer = server.send(route.method().name(), path, token, new byte[0]);
          if (answer.statusCode() != 403) {
            open.add(route + " " + answer.statusCode());
          }
        }
      }
    }
    assertThat(open).isEmpty();
  }

  @Test
  void issuesLimitedTokensOnTheOwnApi() throws Exception {
    String admin = server.login("acme", Right.all()).text();
    var issued =
        server.json(
            "POST", "/api/v1/tokens", admin, "{\"repositories\":[\"acme/team/*:pull,push\"]}");
    assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
    assertThat(tree(issued).path("rights").toString())
        .isEqualTo("[\"image:read\",\"image:write\"]");
    assertThat(tree(issued).path("repositories").toString()).isEqualTo("[\"team/*:pull,push\"]");
    String token = tree(issued).path("token").asString("");
    assertThat(status(token, RepositoryAction.PUSH, "team/x")).isEqualTo(202);
    assertThat(status(token, RepositoryAction.PUSH, "app")).isEqualTo(403);
    assertThat(status(token, RepositoryAction.DELETE, "team/x")).isEqualTo(403);
    for (String wrong :
        List.of(
            "{\"repositories\":[\"app:pull\"],\"rights\":[\"build:write\"]}",
            "{\"repositories\":[\"app:fly\"]}",
            "{\"repositories\":[\"../x\"]}",
            "{\"repositories\":[\"a/**/b\"]}")) {
      assertThat(server.json("POST", "/api/v1/tokens", admin, wrong).statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
  }
}
