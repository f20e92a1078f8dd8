package dev.cairn.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small build drawn from few words, so that builds of one seed often share steps: bases, files of
 * a context, directories, variables. Commands set every time they leave, since times are part of a
 * layer and no part of a key.
 *
 * @param dockerfile the recipe
 * @param context which of the contexts it reads
 */
record RandomBuild(String dockerfile, int context) {
  /** Every context has files of these names. */
  static final List<String> FILES = List.of("a.txt", "b.txt", "sub/c.txt", "sub/d/e.txt");

  private static final List<String> PLACES = List.of("/app/", "/srv/x/", "/etc/conf/", "/", "/app");
  private static final List<String> VALUES = List.of("1", "two", "$A-more", "${B:-none}", "a b");

  /**
   * Draws one.
   *
   * @param base an image with a shell
   * @param contexts how many contexts there are
   * @param runs how many builds of a thousand have a command
   */
  static RandomBuild draw(Random random, String base, int contexts, int runs) {
    var lines = new ArrayList<String>();
    int stages = 1 + random.nextInt(3);
    boolean commands = random.nextInt(1000) < runs;
    for (int stage = 0; stage < stages; stage++) {
      boolean shell = commands || random.nextInt(3) == 0;
      lines.add("FROM " + (shell ? base : "scratch") + " AS s" + stage);
      // A stage always has a file, for an image without layers cannot be copied from.
      lines.add("COPY a.txt /first");
      int steps = 1 + random.nextInt(4);
      for (int step = 0; step < steps; step++) {
        lines.add(instruction(random, stage, shell && commands && step == 0));
      }
    }
    return new RandomBuild(String.join("\n", lines) + "\n", random.nextInt(contexts));
  }

  private static String instruction(Random random, int stage, boolean command) {
    if (command) {
      return "RUN echo %d > /made && touch -d @1000000 /made /".formatted(random.nextInt(8));
    }
    String file = one(random, FILES);
    String place = one(random, PLACES);
    return switch (random.nextInt(9)) {
      case 0 -> "COPY " + file + " " + place.replaceAll("/$", "") + "/copied";
      case 1 -> "COPY sub " + place;
      case 2 -> "ADD --chmod=0640 " + file + " " + place.replaceAll("/$", "") + "/added";
      case 3 -> "COPY --chown=%d:7 . /all".formatted(random.nextInt(3));
      case 4 -> "ENV A=" + one(random, List.of("1", "2", "x")) + " B=\"" + value(random) + "\"";
      case 5 -> "WORKDIR /w" + random.nextInt(4) + "/deep";
      case 6 -> "LABEL l=\"" + value(random) + "\"";
      case 7 ->
          stage == 0
              ? "ADD inner.tar /unpacked/"
              : "COPY --from=s" + random.nextInt(stage) + " /first /from/stage";
      default -> "COPY --link " + file + " /linked/" + random.nextInt(3);
    };
  }

  private static String value(Random random) {
    return one(random, VALUES);
  }

  private static <T> T one(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
