package dev.cairn.engine;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.CgroupMode;
import dev.cairn.linux.cgroup.Cgroups;
import java.io.IOException;
import java.util.ArrayList;

/** The group of processes of one build, with the build's limits. */
final class CgroupMaking {

  private CgroupMaking() {}

  /** Without control groups a limit is refused by its name rather than not kept. */
  private static void requireKept(Cgroups cgroups, BuildJob job) {
    Limits limits = job.limits();
    var asked = new ArrayList<String>();
    limits.cpus().ifPresent(cpus -> asked.add("limits.cpus"));
    limits.memoryBytes().ifPresent(bytes -> asked.add("limits.memoryBytes"));
    if (!asked.isEmpty() && cgroups.mode() == CgroupMode.NONE) {
      throw BuildException.of(FailureKind.LIMIT, "limit-not-kept")
          .remedy(
              "Leave %s out, or build on a service that runs as root."
                  .formatted(String.join(" and ", asked)))
          .sentence(
              "%s cannot be kept: this service has no control groups, which only root"
                      .formatted(String.join(" and ", asked))
                  + " can give it.");
    }
  }

  static Cgroup make(Cgroups cgroups, BuildJob job) throws IOException {
    requireKept(cgroups, job);
    Limits limits = job.limits();
    CgroupLimits wanted = CgroupLimits.NONE;
    if (limits.cpus().isPresent()) {
      wanted = wanted.withCpus(limits.cpus().get() / 1000.0);
    }
    if (limits.memoryBytes().isPresent()) {
      wanted = wanted.withMemory(limits.memoryBytes().get());
    }
    // Without groups each step has a limit of its own (setrlimit(2)).
    if (limits.processes().isPresent() && cgroups.mode() != CgroupMode.NONE) {
      wanted = wanted.withProcesses(limits.processes().get());
    }
    return cgroups.create("b-" + job.id() + "-" + job.attempt(), wanted);
  }
}
