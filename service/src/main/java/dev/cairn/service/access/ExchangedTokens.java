package dev.cairn.service.access;

import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tokens that a login was exchanged for (the token authentication of registries). They are kept
 * nowhere: the text holds what the token opens, sealed with the installation's key. Whether the
 * login still counts is asked on every use, so that revoking it ends them all.
 */
public final class ExchangedTokens {
  static final String PREFIX = "cairn-registry.";
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final int MOST = 20;
  private static final Set<Right> IMAGES =
      EnumSet.of(Right.IMAGE_READ, Right.IMAGE_WRITE, Right.IMAGE_DELETE);

  /** Encrypts and authenticates bytes with the installation's key. */
  public interface Seal {
    /** The bytes, sealed. */
    byte[] close(byte[] plain);

    /** What was sealed; nothing if it was not, or was changed. */
    Optional<byte[]> open(byte[] sealed);
  }

  private final Seal seal;
  private final Clock clock;

  /** Tokens sealed with this. */
  public ExchangedTokens(Seal seal, Clock clock) {
    this.seal = seal;
    this.clock = clock;
  }

  Tokens.Exchanged exchange(Principal login, List<RepositoryGrant> asked) {
    if (login.login().isPresent()) {
      throw ServiceException.of(
          ServiceException.Kind.FORBIDDEN,
          "exchanged-already",
          "a token of the registry cannot be exchanged for another",
          "log in with the token that it came from");
    }
    if (asked.size() > MOST) {
      throw ServiceException.invalid(
          "scopes-too-many",
          "scope: more than " + MOST + " repositories are asked for at once",
          "ask for fewer");
    }
    List<RepositoryGrant> granted = new ArrayList<>();
    asked.forEach(grant -> granted.addAll(granted(login, grant)));
    Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
    Instant expires =
        login.expiresAt().filter(end -> end.isBefore(now.plus(LIFE))).orElse(now.plus(LIFE));
    String plain =
        String.join(
            "\n",
            login.tenant().value(),
            Long.toString(expires.toEpochMilli()),
            login.rights().stream()
                .filter(IMAGES::contains)
                .map(Right::text)
                .collect(Collectors.joining(",")),
            granted.stream().map(RepositoryGrant::toString).collect(Collectors.joining(" ")),
            // Last, because whoever signs tokens elsewhere chooses its characters.
            login.tokenId());
    byte[] sealed = seal.close(plain.getBytes(StandardCharsets.UTF_8));
    return new Tokens.Exchanged(
        PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed),
        granted,
        now,
        expires);
  }

  /** What of it the login may. The list of repositories is asked for as an action everywhere. */
  private static List<RepositoryGrant> granted(Principal login, RepositoryGrant asked) {
    if (asked.actions().contains(RepositoryAction.LIST)) {
      return listed(login);
    }
    var repository = new RepositoryName(asked.pattern());
    Set<RepositoryAction> actions =
        asked.actions().stream()
            .filter(action -> login.may(action, repository))
            .collect(Collectors.toSet());
    return actions.isEmpty() ? List.of() : List.of(new RepositoryGrant(asked.pattern(), actions));
  }

  private static List<RepositoryGrant> listed(Principal login) {
    if (!login.may(Right.IMAGE_READ)) {
      return List.of();
    }
    return login
        .confinement()
        .map(confinement ->
            confinement.grants().stream()
                .filter(grant -> grant.actions().contains(RepositoryAction.LIST))
                .map(grant -> new RepositoryGrant(grant.pattern(), Set.of(RepositoryAction.LIST)))
                .toList())
        .orElseGet(() -> List.of(RepositoryGrant.everywhere(RepositoryAction.LIST)));
  }

  /**
   * Who presents it; empty if it is not one of ours, too old, or its login does not count any more.
   *
   * @param loginOf the login of a token's id, if that token still counts
   */
  Optional<Principal> authenticate(String text, Function<String, Optional<Principal>> loginOf) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return seal.open(sealed).flatMap(plain -> principal(plain, loginOf));
  }

  private Optional<Principal> principal(
      byte[] plain, Function<String, Optional<Principal>> loginOf) {
    String[] lines = new String(plain, StandardCharsets.UTF_8).split("\n", 5);
    var tenant = new TenantId(lines[0]);
    Instant expires = Instant.ofEpochMilli(Long.parseLong(lines[1]));
    if (!clock.instant().isBefore(expires)) {
      return Optional.empty();
    }
    String id = lines[4];
    Set<Right> rights = Rights.parse(lines[2]);
    // A token signed elsewhere has no row; the exchanged one never outlives it.
    Optional<Principal> login =
        id.startsWith(JwtTokens.ID_PREFIX)
            ? Optional.of(new Principal(tenant, id, rights))
            : loginOf.apply(id).filter(found -> found.tenant().equals(tenant));
    List<RepositoryGrant> grants =
        lines[3].isEmpty()
            ? List.of()
            : List.of(lines[3].split(" ")).stream().map(RepositoryGrant::parse).toList();
    return login.map(found ->
        new Principal(
            tenant,
            id,
            rights,
            Optional.of(new Principal.Confinement(grants, Optional.of(found))),
            Optional.of(expires)));
  }
}
