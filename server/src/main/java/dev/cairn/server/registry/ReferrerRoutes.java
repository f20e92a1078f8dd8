package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Referrers;
import dev.cairn.service.RepositoryAction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What is about a manifest (specification, "Listing Referrers"); a subject need not be here. */
final class ReferrerRoutes {
  private final Referrers referrers;
  private final Permits permits;

  ReferrerRoutes(Referrers referrers, Permits permits) {
    this.referrers = referrers;
    this.permits = permits;
  }

  void list(Request request, Response response) {
    RepositoryName repository = permits.require(request, RepositoryAction.PULL);
    Digest subject = Names.digest(request.parameter("digest"));
    Optional<String> type = request.query("artifactType").filter(text -> !text.isEmpty());
    var page =
        referrers.referrers(
            request.caller().tenant(),
            repository,
            subject,
            type,
            request.query("last").map(Names::digest));
    if (type.isPresent()) {
      response.header("OCI-Filters-Applied", "artifactType");
    }
    page.next()
        .ifPresent(last ->
            response.header(
                "Link",
                "</v2/"
                    + request.parameter("name")
                    + "/referrers/"
                    + subject
                    + "?last="
                    + encode(last)
                    + type.map(text -> "&artifactType=" + encode(text)).orElse("")
                    + ">; rel=\"next\""));
    response.bytes(200, MediaType.OCI_INDEX.value(), Index.oci(page.items()).toBytes());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
