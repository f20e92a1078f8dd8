package dev.cairn.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.build.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FairOrderTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  private static FairOrder.Entry entry(TenantId tenant, int number, int priority, String serial) {
    return new FairOrder.Entry(
        new BuildId(number, 0),
        tenant,
        priority,
        Optional.empty(),
        false,
        serial.isEmpty() ? Optional.empty() : Optional.of(serial),
        false);
  }

  private static List<FairOrder.Place> order(
      List<FairOrder.Entry> entries, Map<TenantId, FairOrder.Share> shares) {
    return FairOrder.order(new FairOrder.Situation(entries, shares, Set.of(), 0, Instant.EPOCH));
  }

  @Test
  void letsALateTenantInBetweenTheBuildsOfAnEarlyOne() {
    var entries = new ArrayList<FairOrder.Entry>();
    for (int i = 1; i <= 6; i++) {
      entries.add(entry(A, i, 0, ""));
    }
    entries.add(entry(B, 7, 0, ""));
    var shares = Map.of(A, new FairOrder.Share(1, 100, 0, 0), B, new FairOrder.Share(1, 100, 0, 0));
    assertThat(order(entries, shares)).element(1).extracting(p -> p.entry().tenant()).isEqualTo(B);
  }

  @Test
  void givesTurnsByWeight() {
    var entries = new ArrayList<FairOrder.Entry>();
    for (int i = 1; i <= 40; i++) {
      entries.add(entry(i % 2 == 0 ? A : B, i, 0, ""));
    }
    var shares = Map.of(A, new FairOrder.Share(3, 100, 0, 0), B, new FairOrder.Share(1, 100, 0, 0));
    assertThat(
            order(entries, shares).stream()
                .limit(20)
                .filter(place -> place.entry().tenant().equals(A)))
        .hasSize(15);
  }

  @Test
  void putsPriorityFirstInsideATenantOnly() {
    var entries = List.of(entry(A, 1, 0, ""), entry(A, 2, 5, ""));
    assertThat(order(entries, Map.of(A, new FairOrder.Share(1, 9, 0, 0))))
        .extracting(place -> place.entry().id().high())
        .containsExactly(2L, 1L);
  }

  @Test
  void saysWhyABuildCannotStart() {
    var entries = List.of(entry(A, 1, 0, "k"), entry(A, 2, 0, "k"), entry(A, 3, 0, ""));
    assertThat(order(entries, Map.of(A, new FairOrder.Share(1, 1, 0, 0))))
        .extracting(FairOrder.Place::blocked)
        .containsExactly(
            Optional.empty(), Optional.of(WaitReason.TENANT_LIMIT), Optional.of(WaitReason.SERIAL));
  }
}
