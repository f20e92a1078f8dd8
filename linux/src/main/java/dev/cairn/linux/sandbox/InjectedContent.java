package dev.cairn.linux.sandbox;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.mount.TmpfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A step's secret files, in a memory file system of their own that goes with the step. */
record InjectedContent(Optional<TmpfsMount> memory, Map<SandboxMount.Content, Path> files)
    implements AutoCloseable {

  static InjectedContent write(Path bundle, List<SandboxMount> mounts, Owners owners)
      throws IOException {
    var contents =
        mounts.stream()
            .filter(SandboxMount.Content.class::isInstance)
            .map(SandboxMount.Content.class::cast)
            .toList();
    if (contents.isEmpty()) {
      return new InjectedContent(Optional.empty(), Map.of());
    }
    var target = Files.createDirectory(bundle.resolve("content"));
    // Each file takes whole pages, and the root directory one.
    long bytes = 65536;
    for (var content : contents) {
      bytes += content.bytes().length() + 8192L;
    }
    var flags = Set.of(MountFlag.NO_SETUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION);
    var memory = TmpfsMount.mount(target, bytes, 0700, flags);
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
    } catch (IOException e) {
      memory.close();
      throw e;
    }
    return new InjectedContent(Optional.of(memory), files);
  }

  @Override
  public void close() throws IOException {
    if (memory.isPresent()) {
      memory.get().close();
    }
  }
}
