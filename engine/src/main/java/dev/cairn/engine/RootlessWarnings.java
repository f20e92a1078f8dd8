package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import dev.cairn.linux.network.NetworkException;
import dev.cairn.linux.sandbox.IsolationRung;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a service without root tells of every build that runs commands, where it lacks something.
 */
final class RootlessWarnings {
  private RootlessWarnings() {}

  static List<BuildEvent.Warning> of(IsolationRung rung, Optional<NetworkException> lack) {
    var warnings = new ArrayList<BuildEvent.Warning>();
    if (pretendsOwners(rung)) {
      warnings.add(
          warning(
              "owners-pretended",
              "This service has one user number only: in commands chown and change of user seem to"
                  + " work and do nothing, and all files they make belong to root. Its results are"
                  + " not shared with other services. For real owners give its user subordinate"
                  + " numbers: see docs/rootless.md."));
    }
    lack.ifPresent(e ->
        warnings.add(
            warning(
                "no-network",
                "Commands have no network: %s. The operator does this: %s."
                    .formatted(e.getMessage(), e.remedy()))));
    return warnings;
  }

  /** Whether change of owner seems to work and does nothing. */
  static boolean pretendsOwners(IsolationRung rung) {
    return rung == IsolationRung.ROOTLESS_SINGLE_ID;
  }

  private static BuildEvent.Warning warning(String code, String sentence) {
    return new BuildEvent.Warning(code, sentence, Optional.empty());
  }
}
