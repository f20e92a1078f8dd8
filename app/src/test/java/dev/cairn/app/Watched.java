package dev.cairn.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A program of the tests that stands somewhere and tells in lines what is done to it. */
final class Watched implements AutoCloseable {
  private final String name;
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Watched(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts it and waits for its first line, {@code ready}. */
  static Watched start(String name, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var watched = new Watched(name, builder.start());
    // Reading from a pipe would hold a carrier of virtual threads.
    Thread.ofPlatform().daemon().start(watched::read);
    for (int n = 0; n < 500 && watched.lines.isEmpty(); n++) {
      Thread.sleep(10);
    }
    if (!watched.lines.contains("ready")) {
      watched.close();
      throw new AssertionError(command + " did not start: " + watched.lines);
    }
    watched.lines.clear();
    return watched;
  }

  private void read() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("its output broke: " + e.getMessage());
    }
  }

  /** What has been done to it since it was last asked. */
  List<String> noticed() {
    List<String> seen = List.copyOf(lines);
    lines.removeAll(seen);
    return seen.stream().map(line -> name + ": " + line).toList();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException e) {
      // It has gone already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
