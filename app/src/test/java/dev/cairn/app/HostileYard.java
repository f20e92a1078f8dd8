package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies around the servers of the hostile cases: the host's canaries, the network's, and the
 * programs that try to get at them.
 */
record HostileYard(HostCanaries canaries, HostileWorld world, Probes probes)
    implements AutoCloseable {

  /** Lays everything out. */
  static HostileYard lay(Path work) throws IOException, InterruptedException {
    // Or nobody else would get as far as to what is tested.
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx--x--x"));
    Path programs = Files.createDirectories(work.resolve("host-programs"));
    Probes.compileAll(HostileCase.ROOT.resolve("host"), programs);
    var canaries = HostCanaries.plant(work.resolve("canaries"), programs.resolve("foreign"));
    try {
      return new HostileYard(
          canaries,
          HostileWorld.create(programs.resolve("listen")),
          new Probes(work.resolve("probes")));
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      canaries.close();
      throw e;
    }
  }

  /** The same world with canaries of a user's; closing it leaves the world. */
  HostileYard ownedBy(String user, Path work) throws IOException, InterruptedException {
    Path program = probes.root().resolveSibling("host-programs").resolve("foreign");
    return new HostileYard(
        HostCanaries.plant(work.resolve("canaries"), program, user), world, probes);
  }

  /** The text that every canary begins with. */
  String needle() {
    return canaries.needle();
  }

  /** What was done to the host or reached on the network. */
  List<String> noticed() throws IOException {
    List<String> all = new ArrayList<>(canaries.noticed());
    all.addAll(world.noticed());
    return all;
  }

  @Override
  public void close() {
    world.close();
    canaries.close();
  }
}
