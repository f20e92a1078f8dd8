package dev.cairn.engine;

import dev.cairn.build.BuildJob;
import dev.cairn.build.Limits;
import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.Cgroups;
import java.io.IOException;

/** The group of processes of one build, with the build's limits. */
final class CgroupMaking {

  private CgroupMaking() {}

  static Cgroup make(Cgroups cgroups, BuildJob job) throws IOException {
    Limits limits = job.limits();
    CgroupLimits wanted = CgroupLimits.NONE;
    if (limits.cpus().isPresent()) {
      wanted = wanted.withCpus(limits.cpus().get() / 1000.0);
    }
    if (limits.memoryBytes().isPresent()) {
      wanted = wanted.withMemory(limits.memoryBytes().get());
    }
    if (limits.processes().isPresent()) {
      wanted = wanted.withProcesses(limits.processes().get());
    }
    return cgroups.create("b-" + job.id() + "-" + job.attempt(), wanted);
  }
}
