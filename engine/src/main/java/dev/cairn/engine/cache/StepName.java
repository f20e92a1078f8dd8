package dev.cairn.engine.cache;

/**
 * Names a step across changes of what goes into it, so that a miss finds the nearest earlier
 * result.
 *
 * @param text by stage and wording: finds the same instruction on other files or another parent
 * @param position by stage and place: finds what stood here before the wording changed
 */
public record StepName(String text, String position) {

  /** The step of this wording, the {@code ordinal}th of its kind in the stage. */
  public static StepName of(
      String base, String stage, String keyword, int ordinal, String wording) {
    String where = Ingredients.digest(base).substring(0, 16) + "/" + stage + "/" + keyword;
    return new StepName(
        where + "/t/" + Ingredients.digest(wording).substring(0, 32), where + "/p/" + ordinal);
  }
}
