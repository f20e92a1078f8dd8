package dev.cairn.service.collection;

import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import java.util.List;
import java.util.TreeMap;

/** A row that went, and whose it was. */
record Named(String name, String tenant) {

  /** How many of each tenant. */
  static List<Gone> counted(List<Named> rows, Kind kind, String reason) {
    var counts = new TreeMap<String, Long>();
    rows.forEach(row -> counts.merge(row.tenant(), 1L, Long::sum));
    return counts.entrySet().stream()
        .map(each -> new Gone(kind, each.getKey(), reason, each.getValue(), 0))
        .toList();
  }
}
