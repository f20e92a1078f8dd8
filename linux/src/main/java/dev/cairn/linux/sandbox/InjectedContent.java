package dev.cairn.linux.sandbox;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.mount.TmpfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A step's secret files and device nodes, in memory file systems of their own that go with the
 * step.
 */
record InjectedContent(
    List<TmpfsMount> memory, Map<SandboxMount.Content, Path> files, List<DeviceNode> devices)
    implements AutoCloseable {
  private static final long NODES_BYTES = 65536;

  /** One for a step without any. */
  static final InjectedContent NOTHING = new InjectedContent(List.of(), Map.of(), List.of());

  static InjectedContent write(Path bundle, SandboxSpec spec, Owners owners) throws IOException {
    var memory = new ArrayList<TmpfsMount>();
    try {
      var files = secrets(bundle, spec.mounts(), owners, memory);
      var devices = devices(bundle, spec.surroundings().leave().devices(), owners, memory);
      return new InjectedContent(memory, files, devices);
    } catch (IOException e) {
      unmount(memory);
      throw e;
    }
  }

  private static Map<SandboxMount.Content, Path> secrets(
      Path bundle, List<SandboxMount> mounts, Owners owners, List<TmpfsMount> memory)
      throws IOException {
    var contents =
        mounts.stream()
            .filter(SandboxMount.Content.class::isInstance)
            .map(SandboxMount.Content.class::cast)
            .toList();
    if (contents.isEmpty()) {
      return Map.of();
    }
    var target = Files.createDirectory(bundle.resolve("content"));
    // Each file takes whole pages, and the root directory one.
    long bytes = 65536;
    for (var content : contents) {
      bytes += content.bytes().length() + 8192L;
    }
    var flags = Set.of(MountFlag.NO_SETUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION);
    memory.add(TmpfsMount.mount(target, bytes, 0700, flags));
    var files = new HashMap<SandboxMount.Content, Path>();
    try (var root = Directory.open(target)) {
      root.setOwner("", owners.outside(0), owners.outside(0));
      for (var content : contents) {
        var name = Integer.toString(files.size());
        byte[] copy = content.bytes().copy();
        try (var out = root.create(name, 0600)) {
          out.write(copy);
        } finally {
          Arrays.fill(copy, (byte) 0);
        }
        root.setOwner(name, owners.outside(content.uid()), owners.outside(content.gid()));
        root.setMode(name, content.mode());
        files.put(content, target.resolve(name));
      }
    }
    return files;
  }

  /** Nodes of our own: those of /dev belong to users whom a step's root is not. */
  private static List<DeviceNode> devices(
      Path bundle, List<Path> paths, Owners owners, List<TmpfsMount> memory) throws IOException {
    if (paths.isEmpty()) {
      return List.of();
    }
    var target = Files.createDirectory(bundle.resolve("devices"));
    var flags = Set.of(MountFlag.NO_SETUID, MountFlag.NO_EXECUTION);
    memory.add(TmpfsMount.mount(target, NODES_BYTES, 0700, flags));
    var nodes = new ArrayList<DeviceNode>();
    try (var root = Directory.open(target)) {
      root.setOwner("", owners.outside(0), owners.outside(0));
      for (var path : paths) {
        var name = Integer.toString(nodes.size());
        var node = DeviceNode.of(path, target.resolve(name));
        root.makeNode(name, node.kind(), 0666, node.major(), node.minor());
        root.setOwner(name, owners.outside(0), owners.outside(0));
        root.setMode(name, 0666);
        nodes.add(node);
      }
    }
    return nodes;
  }

  private static void unmount(List<TmpfsMount> memory) throws IOException {
    for (var mount : memory) {
      mount.close();
    }
  }

  @Override
  public void close() throws IOException {
    unmount(memory);
  }
}
