package dev.cairn.server.cairn;

import dev.cairn.build.SealedBytes;
import java.util.HashMap;
import java.util.Map;

/** Collects the values that came with a request; the model gets handles only. */
final class SealedValues {
  private final Map<String, byte[]> values = new HashMap<>();

  SealedBytes seal(byte[] value) {
    String handle = "v" + values.size();
    values.put(handle, value);
    return new SealedBytes(handle);
  }

  Map<String, byte[]> all() {
    return values;
  }
}
