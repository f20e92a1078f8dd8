package dev.cairn.server.registry;

import dev.cairn.build.TenantId;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.server.RepositoryNames;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryGrant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The scopes of a request for a token, as in {@code repository:team/app:pull,push} and {@code
 * registry:catalog:*}. What we do not know is left out of the token, as the specification of scopes
 * wants it.
 */
final class Scopes {
  private static final Set<RepositoryAction> EVERYTHING =
      EnumSet.of(RepositoryAction.PULL, RepositoryAction.PUSH, RepositoryAction.DELETE);

  private Scopes() {}

  /** What these scopes ask for; each text may hold several with spaces between them. */
  static List<RepositoryGrant> read(TenantId tenant, List<String> texts) {
    List<RepositoryGrant> asked = new ArrayList<>();
    for (String text : texts) {
      for (String scope : text.split(" ")) {
        one(tenant, scope).filter(grant -> !asked.contains(grant)).ifPresent(asked::add);
      }
    }
    return asked;
  }

  private static Optional<RepositoryGrant> one(TenantId tenant, String scope) {
    int first = scope.indexOf(':');
    int last = scope.lastIndexOf(':');
    if (first < 0 || last == first) {
      return Optional.empty();
    }
    String name = scope.substring(first + 1, last);
    List<String> actions = List.of(scope.substring(last + 1).split(","));
    return switch (scope.substring(0, first)) {
      case "registry" ->
          name.equals("catalog") && actions.contains("*")
              ? Optional.of(RepositoryGrant.everywhere(RepositoryAction.LIST))
              : Optional.empty();
      case "repository" -> repository(tenant, name, actions);
      default -> Optional.empty();
    };
  }

  private static Optional<RepositoryGrant> repository(
      TenantId tenant, String name, List<String> texts) {
    Set<RepositoryAction> actions = EnumSet.noneOf(RepositoryAction.class);
    for (String text : texts) {
      if (text.equals("*")) {
        actions.addAll(EVERYTHING);
      }
      RepositoryAction.of(text).filter(EVERYTHING::contains).ifPresent(actions::add);
    }
    try {
      var repository = RepositoryNames.relative(tenant, name);
      return actions.isEmpty()
          ? Optional.empty()
          : Optional.of(new RepositoryGrant(repository.value(), actions));
    } catch (InvalidOciException e) {
      return Optional.empty();
    }
  }

  /** What was granted, in the spelling of scopes. */
  static String spell(TenantId tenant, List<RepositoryGrant> grants) {
    return String.join(
        " ",
        grants.stream()
            .map(grant ->
                grant.actions().contains(RepositoryAction.LIST)
                    ? "registry:catalog:*"
                    : "repository:" + tenant + "/" + grant)
            .distinct()
            .toList());
  }

  /** The texts of a field that may be repeated or absent. */
  static List<String> texts(String... fields) {
    return Arrays.stream(fields).filter(text -> !text.isEmpty()).toList();
  }
}
