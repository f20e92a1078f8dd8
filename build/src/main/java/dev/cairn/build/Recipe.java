package dev.cairn.build;

import dev.cairn.dockerfile.Instruction;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What to do with the sources. */
public sealed interface Recipe {

  /**
   * Build a Dockerfile.
   *
   * @param file the Dockerfile itself
   * @param target the stage wanted; absent for the last
   * @param arguments build arguments by name
   * @param platforms the platforms wanted; empty for the builder's own
   * @param buildEnvironment environment of every RUN that never enters the image
   * @param run how every RUN is run
   * @param basePins the digest that a base (by normalised reference, or {@code ""} for the base of
   *     the final stage) must resolve to
   */
  record Dockerfile(
      DockerfileText file,
      Optional<String> target,
      Map<String, String> arguments,
      List<Platform> platforms,
      Map<String, String> buildEnvironment,
      RunOptions run,
      Map<String, Digest> basePins)
      implements Recipe {

    public Dockerfile {
      arguments = Map.copyOf(arguments);
      platforms = List.copyOf(platforms);
      buildEnvironment = Map.copyOf(buildEnvironment);
      basePins = Map.copyOf(basePins);
    }
  }

  /**
   * Build a list of typed steps on a base, without any text.
   *
   * @param base the image to begin from; absent for an empty file tree
   * @param steps what to do, in order
   * @param platforms the platforms wanted; empty for the builder's own
   * @param run how every RUN is run
   */
  record Steps(Optional<Reference> base, List<Step> steps, List<Platform> platforms, RunOptions run)
      implements Recipe {

    public Steps {
      steps = List.copyOf(steps);
      platforms = List.copyOf(platforms);
    }
  }

  /** Take an image as it is: pull it and publish it. */
  record Import(Reference image, List<Platform> platforms) implements Recipe {
    public Import {
      platforms = List.copyOf(platforms);
    }
  }

  /** Detect the language and build without a Dockerfile. */
  record Buildpacks(Reference builder, Map<String, String> environment) implements Recipe {
    public Buildpacks {
      environment = Map.copyOf(environment);
    }
  }

  /** The Dockerfile, given as text or found in the main source. */
  sealed interface DockerfileText {

    /**
     * The text itself.
     *
     * @param ignore the text of its own ignore file, which replaces that of the main context
     */
    record Inline(String text, Optional<String> ignore) implements DockerfileText {
      /** A text without an ignore file of its own. */
      public Inline(String text) {
        this(text, Optional.empty());
      }
    }

    /** A file of the main source, named from the root of the source, not of the context. */
    record InSource(RelativePath path) implements DockerfileText {}
  }

  /**
   * One typed step.
   *
   * @param number the caller's own number, given back in events and failures
   * @param instruction what to do
   * @param user who does it; absent for the user in force
   * @param useCache whether an earlier result may be taken
   * @param context the named context that the step reads; {@code ""} is the main one
   */
  record Step(
      int number,
      Instruction instruction,
      Optional<String> user,
      boolean useCache,
      String context) {}

  /**
   * What holds for every RUN.
   *
   * @param addedHosts further names in {@code /etc/hosts}, each with its address
   * @param ulimits soft and hard limit by name, as in {@code nofile}
   * @param shmBytes the size of {@code /dev/shm}; absent for 64 MiB
   * @param hostname the host name; absent for {@code buildkitsandbox}
   * @param allowed privileges that the build accepts for its commands, if the installation gives
   *     them: {@code network.host}, {@code security.insecure}, {@code device}, {@code device=NAME}
   */
  record RunOptions(
      Map<String, String> addedHosts,
      Map<String, Ulimit> ulimits,
      Optional<Long> shmBytes,
      Optional<String> hostname,
      Set<String> allowed) {

    /** Nothing special. */
    public static final RunOptions DEFAULT =
        new RunOptions(Map.of(), Map.of(), Optional.empty(), Optional.empty());

    /** Without privileges. */
    public RunOptions(
        Map<String, String> addedHosts,
        Map<String, Ulimit> ulimits,
        Optional<Long> shmBytes,
        Optional<String> hostname) {
      this(addedHosts, ulimits, shmBytes, hostname, Set.of());
    }

    public RunOptions {
      addedHosts = Map.copyOf(addedHosts);
      ulimits = Map.copyOf(ulimits);
      // An earlier version wrote none down.
      allowed = Objects.requireNonNullElse(allowed, Set.of());
      allowed = Set.copyOf(allowed);
    }
  }

  /** A resource limit of a process, soft and hard; -1 is unlimited. */
  record Ulimit(long soft, long hard) {}
}
