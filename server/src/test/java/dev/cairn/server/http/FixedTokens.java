package dev.cairn.server.http;

import dev.cairn.build.TenantId;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tokens that are what a test says. */
public final class FixedTokens implements Tokens {
  private final Map<String, Principal> principals = new LinkedHashMap<>();

  /** A token of a tenant with these rights; its id is its text with {@code id-} in front. */
  public FixedTokens with(String text, String tenant, Set<Right> rights) {
    principals.put(text, new Principal(new TenantId(tenant), "id-" + text, rights));
    return this;
  }

  @Override
  public Optional<Principal> authenticate(String bearer) {
    return Optional.ofNullable(principals.get(bearer));
  }

  @Override
  public Issued issue(TenantId tenant, String name, Set<Right> rights, Optional<Instant> expires) {
    String text = "cairn_" + principals.size() + name;
    principals.put(text, new Principal(tenant, "id-" + text, rights));
    return new Issued(
        new Token("id-" + text, tenant, name, rights, Instant.EPOCH, expires, Optional.empty()),
        text);
  }

  @Override
  public List<Token> list(TenantId tenant) {
    List<Token> all = new ArrayList<>();
    for (Principal p : principals.values()) {
      if (p.tenant().equals(tenant)) {
        all.add(
            new Token(
                p.tokenId(),
                tenant,
                p.tokenId(),
                p.rights(),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty()));
      }
    }
    return all;
  }

  @Override
  public boolean revoke(TenantId tenant, String id) {
    return principals.values().removeIf(p -> p.tokenId().equals(id) && p.tenant().equals(tenant));
  }
}
