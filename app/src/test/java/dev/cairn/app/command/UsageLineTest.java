package dev.cairn.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UsageLineTest {
  private static JsonNode build(String result) {
    return JsonMapper.shared().readTree("{\"result\":" + result + "}");
  }

  @Test
  void saysWhatWasUsedInUnitsForPeople() {
    assertThat(
            UsageLine.of(
                build(
                    """
                    {"usage": {"cpuNanoseconds": 12340000000, "peakMemoryBytes": 536870912,
                     "figures": {"peakDiskBytes": 1500, "peakInodes": 7, "peakProcesses": 3}}}
                    """)))
        .contains(
            "used at most: 12.3s of processor, memory 512.0 MiB, disk 1.5 KiB, 7 files,"
                + " 3 processes");
  }

  @Test
  void saysWhatAFailedBuildHadUsed() {
    var failed =
        JsonMapper.shared()
            .readTree(
                """
                {"failure": {"usage": {"cpuNanoseconds": 1000000000, "peakMemoryBytes": 1024}}}
                """);
    assertThat(UsageLine.of(failed)).contains("used at most: 1.0s of processor, memory 1.0 KiB");
  }

  @Test
  void saysNothingWhereNothingRan() {
    assertThat(UsageLine.of(build("{\"usage\":{\"cpuNanoseconds\":0}}"))).isEmpty();
    assertThat(UsageLine.of(build("{\"reusedFrom\":\"x\",\"usage\":{\"cpuNanoseconds\":5}}")))
        .isEmpty();
    assertThat(UsageLine.of(build("{}"))).isEmpty();
  }
}
