package dev.cairn.server.registry;

import dev.cairn.oci.Tag;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listing tags and repositories, page by page (specification, "Listing Tags"). */
final class TagRoutes {
  private static final int MOST = 1000;

  private final Images images;

  TagRoutes(Images images) {
    this.images = images;
  }

  void list(Request request, Response response) {
    int most = most(request);
    String name = request.parameter("name");
    var page =
        images.tags(
            request.caller().tenant(), Names.repository(request), request.query("last"), most);
    List<String> tags = page.items().stream().map(Tag::value).toList();
    link(response, "/v2/" + name + "/tags/list", most, page.next());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("tags", tags);
    response.json(200, body);
  }

  void catalog(Request request, Response response) {
    int most = most(request);
    var tenant = request.caller().tenant();
    var page = images.repositories(tenant, request.query("last"), most);
    link(response, "/v2/_catalog", most, page.next());
    response.json(
        200,
        Map.of("repositories", page.items().stream().map(name -> tenant + "/" + name).toList()));
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
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new ApiException(400, "PAGINATION_NUMBER_INVALID", "n must be a positive number");
    }
    return Math.min(MOST, Integer.parseInt(text));
  }
}
