package dev.cairn.engine.step;

import dev.cairn.engine.cache.Ingredients;
import dev.cairn.engine.cache.StepName;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import java.util.List;
import java.util.Optional;

/**
 * One operation on the files of what came before. Its identity is its recipe key: equal nodes are
 * built once.
 *
 * @param operation what it does
 * @param parent what it starts from; absent for a base
 * @param recipe what goes into its recipe key
 * @param telling how it is shown to people
 * @param past the history around it
 * @param handling how the cache treats it
 */
public record Node(
    Operation operation,
    Optional<Node> parent,
    Ingredients recipe,
    Telling telling,
    Past past,
    Handling handling) {

  /**
   * How a step is shown.
   *
   * @param number from 1 in the order of the file
   * @param stage the stage's name or number
   * @param text the instruction, secrets masked
   * @param place as in {@code Dockerfile:12}
   * @param callerStep the number that the caller gave to the step
   */
  public record Telling(
      int number, String stage, String text, String place, Optional<Integer> callerStep) {}

  /**
   * The history around a step.
   *
   * @param since the entries since the parent, this step's own last
   * @param planned all entries up to and with this step, as the present file tells them
   */
  public record Past(List<History> since, List<History> planned) {
    public Past {
      since = List.copyOf(since);
      planned = List.copyOf(planned);
    }
  }

  /**
   * How the cache treats a step.
   *
   * @param name names the step for explanations
   * @param forced it runs in any case
   * @param belowForced a step before it was forced, so its recipe key does not count
   * @param confined it must not enter a shared scope
   */
  public record Handling(StepName name, boolean forced, boolean belowForced, boolean confined) {}

  /** The recipe key. */
  public Digest key() {
    return recipe.key();
  }

  /** Whether the result may be looked up by recipe key. */
  public boolean recipeCounts() {
    return !handling.forced() && !handling.belowForced();
  }
}
