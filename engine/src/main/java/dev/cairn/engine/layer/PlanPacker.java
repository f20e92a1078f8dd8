package dev.cairn.engine.layer;

import dev.cairn.content.Node;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.engine.copy.LayerPlan;
import dev.cairn.engine.copy.Origin;
import dev.cairn.engine.copy.PlannedEntry;
import java.io.IOException;
import java.io.InputStream;

/** Writes the layer of a COPY, ADD or WORKDIR straight from where its files lie. */
public final class PlanPacker {

  private PlanPacker() {}

  /** Writes the plan's entries; the caller finishes the writer. */
  public static void pack(LayerPlan plan, LayerWriter writer) throws IOException {
    for (PlannedEntry planned : plan.entries()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new java.io.InterruptedIOException("cancelled while a layer was written");
      }
      Node node = planned.node();
      TarEntry entry = LayerWriter.entryOf(node);
      if (planned.origin().isPresent() && node.body() instanceof Node.Body.File file) {
        Origin origin = planned.origin().get();
        try (InputStream content = origin.tree().open(origin.file())) {
          writer.add(entry, file.digest(), content);
        }
      } else {
        writer.add(entry);
      }
      if (plan.opaque().contains(node.path())) {
        writer.opaque(node.path());
      }
    }
  }
}
