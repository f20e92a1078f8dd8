package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.RecipeBuilds.Built;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The recipes of {@code recipes/} work as on BuildKit: the same end, the awaited lines, equal
 * config and equal files, on the rung that {@code -Dcairn.rung} names. {@code -Dcairn.recipe} picks
 * some by a pattern found in their names.
 */
class RecipesTest {
  /**
   * With the rung of root's service all recipes are run; these also on that of an ordinary user.
   */
  private static final Set<String> WITHOUT_ROOT =
      Set.of("apt-packages", "capabilities", "users-and-sudo");

  private static final Path DIFFERENCES = Path.of("..", "docs", "recipes.md");

  /** Those on busybox need no mirror, so they are judged by what BuildKit once made of them. */
  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> withoutAMirror() throws Exception {
    Needed.rootAnd("runc", "skopeo", "umoci");
    return tests(chosen(true), false, Rung.chosen());
  }

  /** All others, compared with what BuildKit makes of them in the same run if it is installed. */
  @TestFactory
  @Tag("all")
  Stream<DynamicTest> all() throws Exception {
    Needed.rootAnd("runc", "skopeo", "umoci", "mmdebstrap", "node", "npm", "go");
    return tests(chosen(false), BuildKit.isInstalled(), Rung.chosen());
  }

  /** What people need most works without root, too: packages, users, owners, capabilities. */
  @TestFactory
  @Tag("all")
  Stream<DynamicTest> withoutRoot() throws Exception {
    Needed.rootAnd("runc", "skopeo", "umoci", "mmdebstrap", "newuidmap", "useradd", "nft", "pasta");
    return tests(
        chosen(false).stream().filter(each -> WITHOUT_ROOT.contains(each.id())).toList(),
        BuildKit.isInstalled(),
        Rung.ROOTLESS);
  }

  private static List<Recipe> chosen(boolean busybox) throws IOException {
    Pattern only = Pattern.compile(System.getProperty("cairn.recipe", ""));
    return Recipe.all().stream()
        .filter(each -> only.matcher(each.id()).find())
        .filter(each -> !busybox || each.base().equals("busybox"))
        .toList();
  }

  private static Stream<DynamicTest> tests(List<Recipe> recipes, boolean judged, Rung rung)
      throws IOException, InterruptedException {
    if (recipes.isEmpty()) {
      return Stream.empty();
    }
    var builds = RecipeBuilds.start(recipes, judged, rung);
    ExecutorService ours = Executors.newFixedThreadPool(2);
    ExecutorService theirs = Executors.newFixedThreadPool(2);
    Map<Recipe, Future<Built>> byCairn = new LinkedHashMap<>();
    Map<Recipe, Future<Built>> byBuildKit = new LinkedHashMap<>();
    for (Recipe recipe : recipes) {
      byCairn.put(recipe, ours.submit(() -> builds.withCairn(recipe)));
      if (judged) {
        byBuildKit.put(recipe, theirs.submit(() -> builds.withBuildKit(recipe)));
      }
    }
    return recipes.stream()
        .map(recipe ->
            DynamicTest.dynamicTest(
                recipe.id(),
                () -> {
                  Built made = Objects.requireNonNull(byCairn.get(recipe)).get();
                  checkAlone(recipe, made, rung);
                  if (failsHere(recipe, rung)) {
                    return;
                  }
                  if (judged) {
                    compare(
                        recipe, made, Objects.requireNonNull(byBuildKit.get(recipe)).get(), rung);
                  } else {
                    compareWithRecord(recipe, made, rung);
                  }
                  for (var run : recipe.runs().entrySet()) {
                    assertThat(builds.run(recipe, made, run.getKey()))
                        .as(run.getKey())
                        .contains(run.getValue());
                  }
                }))
        .onClose(() -> {
          ours.shutdownNow();
          theirs.shutdownNow();
          close(builds);
        });
  }

  private static void close(RecipeBuilds builds) {
    try {
      builds.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checkAlone(Recipe recipe, Built made, Rung rung) {
    String failure = failure(recipe, rung);
    if (!failure.isEmpty()) {
      assertThat(made.changes()).as(recipe.id() + " must fail").isEmpty();
      assertThat(made.message()).contains(failure);
    } else {
      assertThat(made.changes()).as(recipe.id() + ": " + made.message()).isPresent();
    }
    for (String expected : failsHere(recipe, rung) ? List.<String>of() : recipe.log()) {
      assertThat(made.log()).anySatisfy(line -> assertThat(line).contains(expected));
    }
  }

  /** Whether this rung cannot do what BuildKit does. */
  private static boolean failsHere(Recipe recipe, Rung rung) {
    return recipe.failures().containsKey(rung.text());
  }

  private static String failure(Recipe recipe, Rung rung) {
    return recipe.failures().getOrDefault(rung.text(), recipe.failure());
  }

  private static void compare(Recipe recipe, Built ours, Built theirs, Rung rung)
      throws IOException {
    assertThat(theirs.changes().isPresent())
        .as(recipe.id() + " with BuildKit: " + theirs.message())
        .isEqualTo(ours.changes().isPresent());
    for (String expected : recipe.log()) {
      assertThat(theirs.log())
          .as("BuildKit's lines")
          .anySatisfy(line -> assertThat(line).contains(expected));
    }
    if (!recipe.failure().isEmpty()) {
      assertThat(theirs.message()).contains(recipe.failure());
      return;
    }
    List<String> differences =
        differences(theirs.changes().orElseThrow(), ours.changes().orElseThrow());
    if (recipe.sameLog()) {
      differences.addAll(differences(theirs.log(), ours.log()));
      differences.sort(null);
    }
    assertThat(differences).as(recipe.id()).isEqualTo(allowed(recipe, rung));
  }

  private static void compareWithRecord(Recipe recipe, Built made, Rung rung) throws IOException {
    if (!recipe.isRecorded()) {
      return;
    }
    List<String> expected = Files.readAllLines(recipe.expected());
    List<String> ours = ImageTree.shortened(made.changes().orElseThrow());
    List<String> differences = differences(expected, ours);
    List<String> allowed = allowed(recipe, rung).stream().filter(each -> !isLog(each)).toList();
    assertThat(differences).as(recipe.id()).isEqualTo(allowed);
  }

  /** Lines that a step printed are compared only with a BuildKit in the same run. */
  private static boolean isLog(String difference) {
    return !difference.substring(2).matches("(config|history|layers|[+-]) .*");
  }

  /** Lines that only BuildKit has, marked -, and lines that only we have, marked +. */
  private static List<String> differences(List<String> expected, List<String> made) {
    List<String> theirs = new ArrayList<>(expected);
    List<String> ours = new ArrayList<>(made);
    made.forEach(theirs::remove);
    expected.forEach(ours::remove);
    List<String> all = new ArrayList<>();
    theirs.forEach(line -> all.add("- " + line));
    ours.forEach(line -> all.add("+ " + line));
    all.sort(null);
    return all;
  }

  private static List<String> allowed(Recipe recipe, Rung rung) throws IOException {
    Path file = rung.differences(recipe);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void everyDifferenceHasItsReasonInTheDocumentation() throws IOException {
    String reasons = Files.exists(DIFFERENCES) ? Files.readString(DIFFERENCES) : "";
    for (Recipe recipe : Recipe.all()) {
      for (Rung rung : Rung.values()) {
        if (Files.exists(rung.differences(recipe))) {
          assertThat(reasons).contains("`" + recipe.id() + "`");
        }
      }
    }
  }
}
