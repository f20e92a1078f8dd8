package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process that starts a step which never ends; a test kills the process. */
final class CrashedService {
  private CrashedService() {}

  public static void main(String[] arguments) throws Exception {
    var sandbox =
        Sandbox.open(
            SandboxSettings.in(Path.of(arguments[0]), Path.of(arguments[0]))
                .withPrefix(arguments[1])
                .withRuntimes(List.of("crun", "runc", "runsc"))
                .withRungs(SandboxSettings.Rungs.only(IsolationRung.valueOf(arguments[3]))));
    var script = "trap '' TERM HUP PIPE; (sleep 54326) & echo up; while true; do sleep 1; done";
    try (var secret = new SecretBytes(new byte[] {1})) {
      var command =
          new SandboxSpec.Command(
              List.of("sh", "-c", script),
              new LinkedHashMap<>(Map.of("PATH", "/bin")),
              "/",
              ProcessIdentity.ROOT);
      sandbox.run(
          new SandboxSpec(
              Path.of(arguments[2]),
              command,
              List.of(new SandboxMount.Content("/run/secrets/token", secret, 0, 0, 0400)),
              SandboxSpec.Surroundings.NO_NETWORK,
              Optional.empty(),
              CgroupLimits.NONE,
              Duration.ofHours(1)),
          (bytes, n) -> {
            System.out.write(bytes, 0, n);
            System.out.flush();
          },
          OutputSink.discard());
    }
  }
}
