package dev.cairn.oci.registry;

import dev.cairn.oci.http.FetchResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** How long a registry asks to be left alone (RFC 9110, section 10.2.3); at most a minute. */
final class RetryAfter {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private RetryAfter() {}

  static Optional<Duration> of(FetchResponse response, InstantSource clock) {
    return response
        .headers()
        .first("Retry-After")
        .flatMap(text -> parse(text, clock))
        .map(asked -> asked.compareTo(LONGEST) > 0 ? LONGEST : asked);
  }

  private static Optional<Duration> parse(String text, InstantSource clock) {
    if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      var at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration until = Duration.between(clock.instant(), at);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
