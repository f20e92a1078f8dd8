package dev.cairn.engine;

import java.nio.file.Path;
import java.util.Map;

/** A process of its own that builds until somebody kills it. */
final class KilledEngine {
  private KilledEngine() {}

  /** Directory, prefix and a Dockerfile; the command's lines go to standard output. */
  public static void main(String[] arguments) throws Exception {
    var fixture = new BuilderFixture(Path.of(arguments[0]), arguments[1]);
    var heard = new FakePorts.Heard();
    Thread.ofVirtual()
        .start(() -> {
          try {
            fixture.build(arguments[2], Map.of("f", "x"), heard);
          } catch (Exception e) {
            System.out.println("ended: " + e);
          }
        });
    while (!heard.log().contains("started")) {
      Thread.sleep(20);
    }
    System.out.println("started");
    Thread.sleep(600_000);
  }
}
