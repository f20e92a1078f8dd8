package dev.cairn.app.server;

import dev.cairn.app.command.Version;
import dev.cairn.engine.NativeBuilder;
import dev.cairn.linux.host.HostFacts;
import dev.cairn.server.Operations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What operators ask of the whole installation. */
final class Installation implements Operations {
  private final NativeBuilder builder;

  Installation(NativeBuilder builder) {
    this.builder = builder;
  }

  @Override
  public Map<String, Object> describe() {
    HostFacts facts;
    try {
      facts = HostFacts.probe();
    } catch (IOException e) {
      throw new UncheckedIOException("the machine's facts cannot be read", e);
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("version", Version.NUMBER);
    wire.put("builder", builder.name());
    wire.put("isolation", builder.rung());
    wire.put("runtime", builder.runtime());
    if (!builder.rejected().isEmpty()) {
      wire.put("isolationTried", builder.rejected());
    }
    wire.put("kernel", facts.kernel());
    wire.put("machine", facts.machine());
    return wire;
  }
}
