package dev.cairn.engine;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.FailureKind;
import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.graph.Planned;
import dev.cairn.oci.Digest;

/** The digest that a request wants the final stage's base to have, whatever its name is. */
final class FinalBasePin {
  private FinalBasePin() {}

  /**
   * Compares it with what was resolved: the digest of the manifest, or of the index around it.
   *
   * @throws BuildException of kind SOURCE if the base is another one or there is none
   */
  static void check(BuildJob job, Planned plan) {
    Digest pin = Recipes.pins(job).get("");
    if (pin == null) {
      return;
    }
    BaseImage base =
        plan.base()
            .orElseThrow(() -> refused("The final stage has no base image, but must have " + pin));
    if (!base.root().digest().equals(pin) && !base.manifest().digest().equals(pin)) {
      throw refused(
          "The base " + base.name() + " is " + base.root().digest() + " now, but must be " + pin);
    }
  }

  private static BuildException refused(String sentence) {
    return BuildException.of(FailureKind.SOURCE, "base-pin")
        .remedy("Change the pinned digest, or write name@digest in FROM.")
        .sentence(sentence + ".");
  }
}
