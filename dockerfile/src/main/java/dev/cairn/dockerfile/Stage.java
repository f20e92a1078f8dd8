package dev.cairn.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * One FROM and what follows it.
 *
 * @param index place in the file, from 0
 * @param from the FROM instruction
 * @param instructions the rest, in order
 */
public record Stage(int index, Instruction.From from, List<Instruction> instructions) {
  public Stage {
    instructions = List.copyOf(instructions);
  }

  /** The name after AS, lower case. */
  public Optional<String> name() {
    return from.name();
  }

  /** The name, or else the index: how the stage is shown to people. */
  public String label() {
    return name().orElse(String.valueOf(index));
  }
}
