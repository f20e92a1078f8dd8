package dev.cairn.service.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.Limits;
import dev.cairn.build.StepReach;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelJsonTest {
  @Test
  void readsTheNetworkThatAnEarlierVersionWrote() {
    assertThat(ModelJson.read("{\"network\":\"EGRESS\"}", Limits.class).network())
        .contains(StepReach.EGRESS);
    assertThat(ModelJson.read("{\"network\":\"NONE\"}", Limits.class).network())
        .contains(StepReach.NONE);
    assertThat(ModelJson.read("{}", Limits.class)).isEqualTo(Limits.DEFAULT);
  }

  @Test
  void readsAFailureOfWhichNobodyKeptWhatItHadTaken() {
    var failure =
        ModelJson.read(
            """
            {"code":"run-exit","kind":"STEP","sentence":"no","remedy":"","retryable":false,
             "phase":"STEPS","exitCode":3,"attempt":1,"attempts":3}
            """,
            BuildFailure.class);
    assertThat(failure.usage()).isEmpty();
    assertThat(failure.exitCode()).contains(3);
  }

  @Test
  void readsTheNetworkThatItWrites() {
    for (StepReach reach :
        List.of(
            StepReach.EGRESS, StepReach.ISOLATED, StepReach.listed(List.of("a.b", "8.8.8.8:53")))) {
      assertThat(ModelJson.read(ModelJson.write(reach), StepReach.class)).isEqualTo(reach);
    }
  }
}
