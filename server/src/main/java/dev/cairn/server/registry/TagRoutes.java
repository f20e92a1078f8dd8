package dev.cairn.server.registry;

import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import dev.cairn.service.Page;
import dev.cairn.service.RepositoryAction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listing tags and repositories, page by page (specification, "Listing Tags"). */
final class TagRoutes {
  private static final int MOST = 1000;

  private final Images images;
  private final Permits permits;

  TagRoutes(Images images, Permits permits) {
    this.images = images;
    this.permits = permits;
  }

  void list(Request request, Response response) {
    RepositoryName repository = permits.require(request, RepositoryAction.PULL);
    int most = most(request);
    String name = request.parameter("name");
    var page =
        images.tags(
            request.caller().tenant(), repository, request.query("last"), Math.max(1, most));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("tags", page.items().stream().limit(most).map(Tag::value).toList());
    if (most > 0) {
      link(response, "/v2/" + name + "/tags/list", most, page.next());
    }
    response.json(200, body);
  }

  void catalog(Request request, Response response) {
    permits.requireList(request);
    int most = most(request);
    var tenant = request.caller().tenant();
    Optional<String> last = request.query("last").map(name -> relative(request, name));
    var page =
        most == 0
            ? new Page<RepositoryName>(List.of(), Optional.empty())
            : seen(request, last, most);
    link(response, "/v2/_catalog", most, page.next());
    response.json(
        200,
        Map.of("repositories", page.items().stream().map(name -> tenant + "/" + name).toList()));
  }

  /** The repositories that the caller may see, however many others lie between them. */
  private Page<RepositoryName> seen(Request request, Optional<String> last, int most) {
    var caller = request.caller();
    List<RepositoryName> seen = new ArrayList<>();
    Optional<String> after = last;
    do {
      var page = images.repositories(caller.tenant(), after, MOST);
      page.items().stream()
          .filter(name -> caller.may(RepositoryAction.LIST, name))
          .limit(most + 1L - seen.size())
          .forEach(seen::add);
      after = page.next();
    } while (after.isPresent() && seen.size() <= most);
    return seen.size() > most
        ? new Page<>(seen.subList(0, most), Optional.of(seen.get(most - 1).value()))
        : new Page<>(seen, Optional.empty());
  }

  /** Names come with the tenant in front and may be sent back so. */
  private static String relative(Request request, String name) {
    String prefix = request.caller().tenant() + "/";
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  private static void link(Response response, String path, int most, Optional<String> next) {
    next.ifPresent(last ->
        response.header(
            "Link",
            "<"
                + path
                + "?n="
                + most
                + "&last="
                + URLEncoder.encode(last, StandardCharsets.UTF_8)
                + ">; rel=\"next\""));
  }

  private static int most(Request request) {
    String text = request.query("n").orElse(Integer.toString(MOST));
    if (!text.matches("[0-9]{1,9}")) {
      throw new ApiException(400, "PAGINATION_NUMBER_INVALID", "n is a number of names, 0 or more");
    }
    return Math.min(MOST, Integer.parseInt(text));
  }
}
