package dev.cairn.server;

import java.util.Map;

/** What an operator asks of the whole installation; the command's wiring provides it. */
public interface Operations {

  /** Facts about the installation: version, builder, isolation, what is missing. */
  Map<String, Object> describe();
}
