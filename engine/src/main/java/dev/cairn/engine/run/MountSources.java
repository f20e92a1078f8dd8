package dev.cairn.engine.run;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.layer.TreeDigest;
import dev.cairn.engine.step.StepMount;
import dev.cairn.engine.tree.FileTreeWriter;
import dev.cairn.engine.tree.LayerTrees;
import dev.cairn.engine.tree.TreePins;
import dev.cairn.engine.tree.TreeStore;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.Mounted;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts what bind mounts show onto the disk: an unpacked context, or the merged files of a stage.
 */
final class MountSources {
  private static final String ONE_FILE = "file";

  private final LayerStore layers;
  private final LayerTrees layerTrees;
  private final TreeStore trees;
  private final TreePins pins;
  private final Owners owners;
  private final Path work;
  private final DiskMeter disk;
  private final List<DiskMeter.Counted> counted = new ArrayList<>();
  private final List<Mounted> mounted = new ArrayList<>();
  private int number;

  MountSources(
      LayerStore layers,
      LayerTrees layerTrees,
      TreeStore trees,
      TreePins pins,
      Owners owners,
      Path work,
      DiskMeter disk) {
    this.layers = layers;
    this.layerTrees = layerTrees;
    this.trees = trees;
    this.pins = pins;
    this.owners = owners;
    this.work = work;
    this.disk = disk;
  }

  /** A path of a context. */
  Path ofContext(StepMount.Origin.Context context, String source, boolean writable, String place)
      throws IOException, InterruptedException {
    FileTree files = context.files();
    Node node = resolved(files, source, context.name(), place);
    boolean directory = node.isDirectory();
    String key = "ctx-" + TreeDigest.of(files, node.path()).hex();
    Path tree =
        trees.make(
            key,
            pins,
            to -> {
              if (directory) {
                FileTreeWriter.write(files, node.path(), to);
              } else {
                FileTreeWriter.writeOne(files, node, to, ONE_FILE);
              }
            });
    Path root = writable ? merged(List.of(tree), true) : owners.shown(tree);
    return directory ? root : root.resolve(ONE_FILE);
  }

  /** A path of a stage or image. */
  Path ofSnapshot(String name, Snapshot snapshot, String source, boolean writable, String place)
      throws IOException, InterruptedException {
    FileTree view = layers.view(snapshot.chain().layers());
    Node node = resolved(view, source, name, place);
    Path root = merged(layerTrees.lowers(snapshot, pins), writable);
    // Without links and dots, from the index of the same layers.
    return node.path().isEmpty() ? root : root.resolve(node.path());
  }

  /** A directory that is thrown away. */
  Path emptyDirectory(Mount.Owner owner) throws IOException {
    Path directory = Files.createDirectory(next());
    try (var opened = Directory.open(directory)) {
      opened.setOwner("", owner.uid(), owner.gid());
      opened.setMode("", owner.mode());
    }
    counted.add(disk.count(directory));
    return owners.shown(directory);
  }

  void close() throws IOException {
    for (Mounted mount : mounted.reversed()) {
      mount.close();
    }
    mounted.clear();
    counted.forEach(DiskMeter.Counted::close);
  }

  private static Node resolved(FileTree files, String source, String name, String place)
      throws IOException {
    return files
        .resolve(source, true)
        .node()
        .orElseThrow(() ->
            BuildException.of(FailureKind.INPUT, "mount-source")
                .at(place)
                .remedy("Check the path; it is relative to the root of what is mounted.")
                .sentence(
                    "The mount's source \""
                        + source
                        + "\" is not in "
                        + (name.isEmpty() ? "the build context" : name)
                        + ": not found"));
  }

  private Path merged(List<Path> lowers, boolean writable) throws IOException {
    Path place = Files.createDirectory(next());
    var lower = new ArrayList<Path>();
    // Overlay wants two layers where none can be written.
    lower.add(Files.createDirectory(place.resolve("nothing")));
    lower.addAll(lowers);
    Path target = Files.createDirectory(place.resolve("merged"));
    var stack =
        writable
            ? OverlayLayers.writable(
                lower,
                Files.createDirectory(place.resolve("upper")),
                Files.createDirectory(place.resolve("work")))
            : OverlayLayers.readOnly(lower);
    if (writable) {
      counted.add(disk.count(place.resolve("upper")));
      counted.add(disk.count(place.resolve("work")));
    }
    mounted.add(OverlayMount.mount(stack, target, Set.of(MountFlag.NO_DEVICES), owners));
    return target;
  }

  private Path next() {
    return work.resolve("m" + number++);
  }
}
