package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Actions on the repositories of a tenant that fit a pattern. The whole name has to fit: components
 * are compared one by one, {@code *} stands for any characters inside one component, and {@code **}
 * as the last component for one or more components.
 *
 * @param pattern relative to the tenant, as in {@code team/*}
 * @param actions what is allowed there
 */
public record RepositoryGrant(String pattern, Set<RepositoryAction> actions) {
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9*][a-z0-9._*-]*(/[a-z0-9*][a-z0-9._*-]*)*");
  private static final int LONGEST = 255;
  private static final String REST = "**";

  /**
   * @throws IllegalArgumentException if the pattern has not this form or no action is named
   */
  public RepositoryGrant {
    List<String> components = List.of(pattern.split("/", -1));
    boolean stars =
        components.stream()
            .limit(components.size() - 1L)
            .allMatch(component -> component.chars().filter(c -> c == '*').count() <= 1);
    String last = components.getLast();
    if (pattern.length() > LONGEST
        || !FORM.matcher(pattern).matches()
        || !stars
        || (!last.equals(REST) && last.chars().filter(c -> c == '*').count() > 1)) {
      throw new IllegalArgumentException(
          "a pattern of repositories looks like team/app, team/*, team/app-* or team/** ('*' once in"
              + " a component, '**' as the last one), not: "
              + pattern.substring(0, Math.min(pattern.length(), LONGEST)));
    }
    if (actions.isEmpty()) {
      throw new IllegalArgumentException(
          "repositories " + pattern + ": name at least one of pull, push and delete");
    }
    actions = Set.copyOf(actions);
  }

  /** Every repository. */
  public static RepositoryGrant everywhere(RepositoryAction... actions) {
    return new RepositoryGrant(REST, Set.of(actions));
  }

  /**
   * Reads {@code PATTERN[:ACTION,…]}; no actions mean {@code pull}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static RepositoryGrant parse(String text) {
    int colon = text.indexOf(':');
    String pattern = colon < 0 ? text : text.substring(0, colon);
    Set<RepositoryAction> actions = EnumSet.noneOf(RepositoryAction.class);
    for (String action :
        colon < 0 ? List.of("pull") : List.of(text.substring(colon + 1).split(",", -1))) {
      actions.add(
          RepositoryAction.of(action)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "what a token may do in "
                          + pattern
                          + " is pull, push and delete, not: "
                          + action)));
    }
    return new RepositoryGrant(pattern, actions);
  }

  /** The rights that a token needs for all that these allow. */
  public static Set<Right> rights(List<RepositoryGrant> grants) {
    Set<Right> rights = EnumSet.noneOf(Right.class);
    grants.forEach(grant -> grant.actions().forEach(action -> rights.add(action.right())));
    return rights;
  }

  /** The same, where the pattern begins with the tenant's own name: relative to the tenant. */
  public RepositoryGrant relativeTo(TenantId tenant) {
    String prefix = tenant.value() + "/";
    return pattern.startsWith(prefix)
        ? new RepositoryGrant(pattern.substring(prefix.length()), actions)
        : this;
  }

  /** Whether it allows this. */
  public boolean allows(RepositoryAction action, RepositoryName repository) {
    return actions.contains(action) && matches(repository);
  }

  private boolean matches(RepositoryName repository) {
    String[] wanted = pattern.split("/");
    String[] name = repository.value().split("/");
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals(REST)) {
        return name.length > i;
      }
      if (i >= name.length || !matches(wanted[i], name[i])) {
        return false;
      }
    }
    return wanted.length == name.length;
  }

  private static boolean matches(String wanted, String component) {
    int star = wanted.indexOf('*');
    if (star < 0) {
      return wanted.equals(component);
    }
    String end = wanted.substring(star + 1);
    return component.length() >= wanted.length() - 1
        && component.startsWith(wanted.substring(0, star))
        && component.endsWith(end);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return Arrays.stream(RepositoryAction.values())
        .filter(actions::contains)
        .map(RepositoryAction::text)
        .collect(Collectors.joining(",", pattern + ":", ""));
  }
}
