package dev.cairn.linux.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the packet filter has counted. */
final class FlowCounters {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Ground ground;
  private final String table;
  private final Map<String, Counter> counters = new HashMap<>();

  private record Counter(long packets, long bytes) {
    static final Counter NONE = new Counter(0, 0);

    static Counter of(JsonNode node) {
      return new Counter(node.path("packets").asLong(0), node.path("bytes").asLong(0));
    }
  }

  private FlowCounters(Ground ground, String table) {
    this.ground = ground;
    this.table = table;
  }

  /** Reads the counters of all steps at once. */
  static FlowCounters read(Ground ground, String table) throws IOException {
    var counters = new FlowCounters(ground, table);
    JsonNode all = JSON.readTree(ground.filtered("list", "counters", "table", "inet", table));
    for (JsonNode each : all.path("nftables")) {
      JsonNode counter = each.path("counter");
      if (counter.isObject() && counter.path("table").asString("").equals(table)) {
        counters.counters.put(counter.path("name").asString(""), Counter.of(counter));
      }
    }
    return counters;
  }

  /** Those of one step. */
  Flows of(Slot slot) throws IOException {
    Counter sent = counters.getOrDefault(slot.named("sent"), Counter.NONE);
    Counter received = counters.getOrDefault(slot.named("received"), Counter.NONE);
    Counter refused = counters.getOrDefault(slot.named("refused"), Counter.NONE);
    var refusals = new ArrayList<Flows.Refusal>();
    if (refused.packets() > 0) {
      refusals.addAll(refusals(slot.named("seen")));
      refusals.addAll(refusals(slot.named("strange")));
    }
    return new Flows(
        sent.bytes(),
        sent.packets(),
        received.bytes(),
        received.packets(),
        0,
        refused.packets(),
        refusals);
  }

  private List<Flows.Refusal> refusals(String set) throws IOException {
    var refusals = new ArrayList<Flows.Refusal>();
    JsonNode all = JSON.readTree(ground.filtered("list", "set", "inet", table, set));
    for (JsonNode each : all.path("nftables")) {
      for (JsonNode element : each.path("set").path("elem")) {
        JsonNode inner = element.path("elem");
        JsonNode words = inner.path("val").path("concat");
        String address = words.path(0).asString("");
        String protocol = words.path(1).asString("");
        String target =
            words.size() > 2
                ? address + ":" + words.path(2).asString("") + " (" + protocol + ")"
                : address + " (" + protocol + ")";
        refusals.add(new Flows.Refusal(target, Counter.of(inner.path("counter")).packets()));
      }
    }
    return refusals;
  }
}
