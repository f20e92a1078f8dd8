package dev.cairn.oci.registry;

import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Lists tags page by page (distribution specification, "Listing Tags"); pages never lead to another
 * host.
 */
final class TagList {

  private static final int PAGES_LIMIT = 200;
  private static final int TAGS_LIMIT = 100_000;
  private static final int PAGE_BYTES = 4 * 1024 * 1024;

  private final Call call;
  private final Reference repository;

  TagList(Call call, Reference repository) {
    this.call = call;
    this.repository = repository;
  }

  List<Tag> read() throws IOException {
    var tags = new ArrayList<Tag>();
    Optional<HttpUrl> page = Optional.of(call.url(repository, "tags/list").withQuery("n", "1000"));
    for (int i = 0; page.isPresent(); i++) {
      if (i == PAGES_LIMIT || tags.size() > TAGS_LIMIT) {
        throw RegistryException.of(
            Kind.TOO_LARGE, repository, "it has more than " + TAGS_LIMIT + " tags");
      }
      FetchRequest request = FetchRequest.get(page.get());
      try (FetchResponse response =
          call.send(repository, Scope.pull(repository.repository()), request)) {
        if (!response.isSuccess()) {
          throw Failures.ofAnswer(repository, "the list of tags", response);
        }
        add(response.readBytes(PAGE_BYTES), tags);
        page = next(page.get(), response);
      }
    }
    return List.copyOf(tags);
  }

  private void add(byte[] bytes, List<Tag> tags) throws RegistryException {
    try {
      for (JsonNode tag : RegistryJson.MAPPER.readTree(bytes).path("tags")) {
        tags.add(new Tag(tag.asString()));
      }
    } catch (JacksonException | InvalidOciException e) {
      throw RegistryException.of(Kind.INVALID, repository, "its list of tags is malformed", e);
    }
  }

  /** {@code Link: </v2/…>; rel="next"}. */
  private Optional<HttpUrl> next(HttpUrl page, FetchResponse response) throws RegistryException {
    String link = response.headers().first("Link").orElse("");
    int start = link.indexOf('<');
    int end = link.indexOf('>', start + 1);
    if (start < 0 || end < 0 || !link.substring(end).replace("\"", "").contains("rel=next")) {
      return Optional.empty();
    }
    try {
      HttpUrl url = page.resolve(link.substring(start + 1, end));
      if (url.sameOrigin(page) && !url.equals(page)) {
        return Optional.of(url);
      }
    } catch (IllegalArgumentException e) {
      throw RegistryException.of(
          Kind.INVALID, repository, "the next page of its tags has a bad address", e);
    }
    throw RegistryException.of(
        Kind.INVALID, repository, "the next page of its tags is on another host");
  }
}
