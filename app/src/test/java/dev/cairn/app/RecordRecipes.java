package dev.cairn.app;

import dev.cairn.app.RecipeBuilds.Built;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * Builds the recipes on busybox with BuildKit and keeps what came out as their expectation. Run by
 * scripts/record-recipes, with the names of recipes or nothing for all.
 */
final class RecordRecipes {
  private RecordRecipes() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> chosen = List.of(arguments);
    List<Recipe> recipes =
        Recipe.all().stream()
            .filter(Recipe::isRecorded)
            .filter(each -> chosen.isEmpty() || chosen.contains(each.id()))
            .toList();
    try (var builds = RecipeBuilds.start(recipes, true, Rung.chosen())) {
      for (Recipe recipe : recipes) {
        Built built = builds.withBuildKit(recipe);
        if (built.changes().isEmpty()) {
          throw new AssertionError(recipe.id() + ": " + built.message());
        }
        Files.write(recipe.expected(), ImageTree.shortened(built.changes().get()));
        System.out.println("recorded " + recipe.id());
      }
    }
  }
}
