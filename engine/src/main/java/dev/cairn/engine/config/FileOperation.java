package dev.cairn.engine.config;

import dev.cairn.dockerfile.CommandLine;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.copy.CopyOperation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an instruction does to files, with everything expanded. */
public sealed interface FileOperation {

  /** The instruction it came from. */
  Instruction instruction();

  /**
   * A process.
   *
   * @param argv what is started
   * @param script a file that has to be at {@code /dev/pipes/<name>}, mode 0755, meanwhile
   * @param environment {@code NAME=value} in order: ENV and declared ARG
   * @param proxies further variables that are no part of the step's key
   * @param mounts in the order of the instruction
   * @param directory the working directory
   * @param user the USER in force, "" for the superuser
   */
  record Run(
      Instruction.Run instruction,
      List<String> argv,
      Optional<CommandLine.Script> script,
      List<String> environment,
      Map<String, String> proxies,
      List<Mount> mounts,
      String directory,
      String user)
      implements FileOperation {

    /** Copies the collections. */
    public Run {
      argv = List.copyOf(argv);
      environment = List.copyOf(environment);
      proxies = Collections.unmodifiableMap(new LinkedHashMap<>(proxies));
      mounts = List.copyOf(mounts);
    }
  }

  /**
   * A COPY or ADD.
   *
   * @param from the stage, context or image that {@code Files} sources are of; empty for the main
   *     context
   */
  record Copy(Instruction instruction, CopyOperation operation, Optional<String> from)
      implements FileOperation {}

  /**
   * The directory of a WORKDIR.
   *
   * @param path absolute and clean, never the root
   * @param user the USER in force, who will own it
   */
  record MakeDirectory(Instruction.Workdir instruction, String path, String user)
      implements FileOperation {}
}
