package dev.cairn.build;

import java.util.Optional;

/**
 * Where a request came from, for the record and for the caller's own lists. Opaque behind the
 * dialect that wrote it: nothing decides by it.
 *
 * @param dialect the API that translated the request: {@code cairn}, {@code hypeman}, …
 * @param resource the dialect's own resource that the build belongs to, if any
 * @param actor who asked: the id of the token
 * @param trigger what asked: {@code api}, {@code command}, {@code webhook}, …
 * @param requestId the id of the HTTP request
 */
public record Origin(
    String dialect,
    Optional<String> resource,
    String actor,
    String trigger,
    Optional<String> requestId) {}
