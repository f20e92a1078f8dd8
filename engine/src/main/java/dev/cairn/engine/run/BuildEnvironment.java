package dev.cairn.engine.run;

import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Secrets;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.engine.tree.TreePins;
import dev.cairn.linux.cgroup.Cgroup;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the commands of one build have in common.
 *
 * @param job the build
 * @param sink hears warnings
 * @param secrets its secrets
 * @param mask hides them in what is said
 * @param pins holds the trees it uses
 * @param work its own directory for mounts
 * @param cgroup its group of processes
 * @param disk measures what it writes
 * @param volumes its views of cache mounts
 * @param flows what went through its networks
 */
public record BuildEnvironment(
    BuildJob job,
    BuildSink sink,
    Secrets secrets,
    SecretMask mask,
    TreePins pins,
    Path work,
    Optional<Cgroup> cgroup,
    DiskMeter disk,
    CacheSessions volumes,
    NetworkUse flows) {}
