package dev.cairn.oci;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a container of the image starts: the {@code config} object of an image config, in Docker's
 * field names. Empty texts and lists are not written. {@code env} holds {@code KEY=value} in order.
 * Entrypoint and cmd are absent (inherit, or none) or lists.
 */
public record ContainerConfig(
    String user,
    SortedSet<String> exposedPorts,
    List<String> env,
    Optional<List<String>> entrypoint,
    Optional<List<String>> cmd,
    SortedSet<String> volumes,
    String workingDir,
    Map<String, String> labels,
    String stopSignal,
    boolean argsEscaped,
    Optional<Healthcheck> healthcheck,
    List<String> onBuild,
    Optional<List<String>> shell,
    ExtraFields extra) {

  private static final Set<String> KNOWN =
      Set.of(
          "User",
          "ExposedPorts",
          "Env",
          "Entrypoint",
          "Cmd",
          "Volumes",
          "WorkingDir",
          "Labels",
          "StopSignal",
          "ArgsEscaped",
          "Healthcheck",
          "OnBuild",
          "Shell");

  /** A config that says nothing, as {@code FROM scratch} has it. */
  public static final ContainerConfig EMPTY =
      new ContainerConfig(
          "",
          new TreeSet<>(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          new TreeSet<>(),
          "",
          Map.of(),
          "",
          false,
          Optional.empty(),
          List.of(),
          Optional.empty(),
          ExtraFields.NONE);

  /** Copies all collections; labels are sorted. */
  public ContainerConfig {
    exposedPorts = sorted(exposedPorts);
    env = List.copyOf(env);
    entrypoint = entrypoint.map(List::copyOf);
    cmd = cmd.map(List::copyOf);
    volumes = sorted(volumes);
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    onBuild = List.copyOf(onBuild);
    shell = shell.map(List::copyOf);
  }

  /** The value of the last environment variable of this name. */
  public Optional<String> environment(String name) {
    return env.reversed().stream()
        .filter(entry -> entry.startsWith(name + "="))
        .map(entry -> entry.substring(name.length() + 1))
        .findFirst();
  }

  /** Sets one environment variable: in its old place if it is there, else at the end. */
  public ContainerConfig withEnvironment(String name, String value) {
    var list = new ArrayList<>(env);
    String entry = name + "=" + value;
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).startsWith(name + "=") || list.get(i).equals(name)) {
        list.set(i, entry);
        return withEnv(list);
      }
    }
    list.add(entry);
    return withEnv(list);
  }

  /** The same config with this user, {@code ""} for none. */
  public ContainerConfig withUser(String newUser) {
    return copy().user(newUser).build();
  }

  /** The same config with these ports, like {@code 80/tcp}. */
  public ContainerConfig withExposedPorts(Collection<String> newPorts) {
    return copy().exposedPorts(newPorts).build();
  }

  /** The same config with this whole environment of {@code KEY=value}. */
  public ContainerConfig withEnv(List<String> newEnv) {
    return copy().env(newEnv).build();
  }

  /** The same config with this entrypoint, or none. */
  public ContainerConfig withEntrypoint(Optional<List<String>> newEntrypoint) {
    return copy().entrypoint(newEntrypoint).build();
  }

  /** The same config with this command, or none. */
  public ContainerConfig withCmd(Optional<List<String>> newCmd) {
    return copy().cmd(newCmd).build();
  }

  /** The same config with these volumes. */
  public ContainerConfig withVolumes(Collection<String> newVolumes) {
    return copy().volumes(newVolumes).build();
  }

  /** The same config with this working directory. */
  public ContainerConfig withWorkingDir(String newDirectory) {
    return copy().workingDir(newDirectory).build();
  }

  /** The same config with these labels instead. */
  public ContainerConfig withLabels(Map<String, String> newLabels) {
    return copy().labels(newLabels).build();
  }

  /** The same config with this signal. */
  public ContainerConfig withStopSignal(String newSignal) {
    return copy().stopSignal(newSignal).build();
  }

  /** The same config with the Windows flag that arguments are escaped already. */
  public ContainerConfig withArgsEscaped(boolean newFlag) {
    return copy().argsEscaped(newFlag).build();
  }

  /** The same config with this health check, or none. */
  public ContainerConfig withHealthcheck(Optional<Healthcheck> newHealthcheck) {
    return copy().healthcheck(newHealthcheck).build();
  }

  /** The same config with these triggers for images built on top. */
  public ContainerConfig withOnBuild(List<String> newTriggers) {
    return copy().onBuild(newTriggers).build();
  }

  /** The same config with this shell for the shell form, or the default. */
  public ContainerConfig withShell(Optional<List<String>> newShell) {
    return copy().shell(newShell).build();
  }

  static ContainerConfig read(Fields fields) {
    return new ContainerConfig(
        fields.string("User").orElse(""),
        sorted(fields.keys("ExposedPorts")),
        fields.strings("Env").orElse(List.of()),
        fields.strings("Entrypoint"),
        fields.strings("Cmd"),
        sorted(fields.keys("Volumes")),
        fields.string("WorkingDir").orElse(""),
        fields.stringMap("Labels"),
        fields.string("StopSignal").orElse(""),
        fields.flag("ArgsEscaped"),
        fields.object("Healthcheck").map(Healthcheck::read),
        fields.strings("OnBuild").orElse(List.of()),
        fields.strings("Shell"),
        fields.except(KNOWN));
  }

  ObjectNode write() {
    ObjectNode node = Json.newObject();
    putText(node, "User", user);
    putKeys(node, "ExposedPorts", exposedPorts);
    putList(node, "Env", env);
    entrypoint.ifPresent(list -> putList(node, "Entrypoint", list));
    cmd.ifPresent(list -> putList(node, "Cmd", list));
    putKeys(node, "Volumes", volumes);
    putText(node, "WorkingDir", workingDir);
    DescriptorJson.writeMap(node, "Labels", labels);
    putText(node, "StopSignal", stopSignal);
    if (argsEscaped) {
      node.put("ArgsEscaped", true);
    }
    healthcheck.ifPresent(check -> node.set("Healthcheck", check.write()));
    putList(node, "OnBuild", onBuild);
    shell.ifPresent(list -> putList(node, "Shell", list));
    extra.addTo(node);
    return node;
  }

  private ContainerConfigCopy copy() {
    return new ContainerConfigCopy(this);
  }

  private static SortedSet<String> sorted(Collection<String> values) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(values));
  }

  private static void putText(ObjectNode node, String name, String value) {
    if (!value.isEmpty()) {
      node.put(name, value);
    }
  }

  private static void putList(ObjectNode node, String name, SequencedCollection<String> values) {
    if (!values.isEmpty()) {
      var list = node.putArray(name);
      values.forEach(list::add);
    }
  }

  private static void putKeys(ObjectNode node, String name, Set<String> keys) {
    if (!keys.isEmpty()) {
      ObjectNode object = node.putObject(name);
      keys.forEach(object::putObject);
    }
  }
}
