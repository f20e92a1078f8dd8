package dev.cairn.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a build's steps used, in one line for people. */
final class UsageLine {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private UsageLine() {}

  /** The line; nothing if no step ran, or the answer holds nothing about it. */
  static Optional<String> of(JsonNode build) {
    JsonNode usage = build.path(build.has("result") ? "result" : "failure").path("usage");
    JsonNode figures = usage.path("figures");
    if (build.path("result").has("reusedFrom") || usage.path("cpuNanoseconds").asLong(0) == 0) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            Locale.ROOT, "%.1fs of processor", usage.path("cpuNanoseconds").asLong(0) / 1e9));
    parts.add("memory " + bytes(usage.path("peakMemoryBytes").asLong(0)));
    if (figures.has("peakDiskBytes")) {
      parts.add("disk " + bytes(figures.path("peakDiskBytes").asLong(0)));
    }
    if (figures.has("peakInodes")) {
      parts.add(figures.path("peakInodes").asLong(0) + " files");
    }
    if (figures.has("peakProcesses")) {
      parts.add(figures.path("peakProcesses").asLong(0) + " processes");
    }
    return Optional.of("used at most: " + String.join(", ", parts));
  }

  private static String bytes(long bytes) {
    double rough = bytes;
    int unit = 0;
    while (rough >= 1024 && unit < UNITS.length - 1) {
      rough /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", rough, UNITS[unit]);
  }
}
