package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import java.util.Optional;

/** What a service with one identity tells of every build that runs commands. */
final class PretendedOwners {
  private PretendedOwners() {}

  static BuildEvent.Warning warning() {
    return new BuildEvent.Warning(
        "owners-pretended",
        "This service has one user number only: in commands chown and change of user seem to work"
            + " and do nothing, and all files they make belong to root. Its results are not shared"
            + " with other services. For real owners give its user subordinate numbers: see"
            + " docs/rootless.md.",
        Optional.empty());
  }
}
