package dev.cairn.service.json;

import static org.assertj.core.api.Assertions.assertThat;

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
  void readsTheNetworkThatItWrites() {
    for (StepReach reach :
        List.of(
            StepReach.EGRESS, StepReach.ISOLATED, StepReach.listed(List.of("a.b", "8.8.8.8:53")))) {
      assertThat(ModelJson.read(ModelJson.write(reach), StepReach.class)).isEqualTo(reach);
    }
  }
}
