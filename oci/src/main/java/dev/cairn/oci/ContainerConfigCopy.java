package dev.cairn.oci;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One changeable copy of a config, so that the record's with-methods do not each repeat all its
 * fields.
 */
final class ContainerConfigCopy {

  private final ExtraFields extra;
  private String user;
  private SortedSet<String> exposedPorts;
  private List<String> env;
  private Optional<List<String>> entrypoint;
  private Optional<List<String>> cmd;
  private SortedSet<String> volumes;
  private String workingDir;
  private Map<String, String> labels;
  private String stopSignal;
  private boolean argsEscaped;
  private Optional<Healthcheck> healthcheck;
  private List<String> onBuild;
  private Optional<List<String>> shell;

  ContainerConfigCopy(ContainerConfig from) {
    extra = from.extra();
    user = from.user();
    exposedPorts = from.exposedPorts();
    env = from.env();
    entrypoint = from.entrypoint();
    cmd = from.cmd();
    volumes = from.volumes();
    workingDir = from.workingDir();
    labels = from.labels();
    stopSignal = from.stopSignal();
    argsEscaped = from.argsEscaped();
    healthcheck = from.healthcheck();
    onBuild = from.onBuild();
    shell = from.shell();
  }

  ContainerConfigCopy user(String value) {
    user = value;
    return this;
  }

  ContainerConfigCopy exposedPorts(Collection<String> value) {
    exposedPorts = new TreeSet<>(value);
    return this;
  }

  ContainerConfigCopy env(List<String> value) {
    env = value;
    return this;
  }

  ContainerConfigCopy entrypoint(Optional<List<String>> value) {
    entrypoint = value;
    return this;
  }

  ContainerConfigCopy cmd(Optional<List<String>> value) {
    cmd = value;
    return this;
  }

  ContainerConfigCopy volumes(Collection<String> value) {
    volumes = new TreeSet<>(value);
    return this;
  }

  ContainerConfigCopy workingDir(String value) {
    workingDir = value;
    return this;
  }

  ContainerConfigCopy labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  ContainerConfigCopy stopSignal(String value) {
    stopSignal = value;
    return this;
  }

  ContainerConfigCopy argsEscaped(boolean value) {
    argsEscaped = value;
    return this;
  }

  ContainerConfigCopy healthcheck(Optional<Healthcheck> value) {
    healthcheck = value;
    return this;
  }

  ContainerConfigCopy onBuild(List<String> value) {
    onBuild = value;
    return this;
  }

  ContainerConfigCopy shell(Optional<List<String>> value) {
    shell = value;
    return this;
  }

  ContainerConfig build() {
    return new ContainerConfig(
        user,
        exposedPorts,
        env,
        entrypoint,
        cmd,
        volumes,
        workingDir,
        labels,
        stopSignal,
        argsEscaped,
        healthcheck,
        onBuild,
        shell,
        extra);
  }
}
