package dev.cairn.app.command;

import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** What becomes of the result. */
final class OutputFlags {
  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME[:TAG]",
      description = "a name in Cairn's registry")
  List<String> names = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "type=TYPE[,dest=PATH]",
      description = {
        "image (the default: it stays in Cairn's registry), registry (it is pushed to",
        "the registries of its -t names, or name=HOST/NAME), oci or docker (a tar of",
        "the image), tar or local (its files); dest=- is standard output"
      })
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--push",
      description = "push the image to the registries that its -t names begin with")
  private boolean push;

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a label of the image")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--annotation",
      paramLabel = "KEY=VALUE",
      description = "an annotation of the image's manifest")
  private List<String> annotations = new ArrayList<>();

  @Option(names = "--iidfile", paramLabel = "FILE", description = "write the digest to a file")
  Optional<String> imageIdFile = Optional.empty();

  @Option(
      names = "--metadata-file",
      paramLabel = "FILE",
      description = "write what is known about the result as JSON")
  Optional<String> metadataFile = Optional.empty();

  @Option(
      names = "--provenance",
      paramLabel = "false",
      description = "only false so far: Cairn writes no statement into the image yet")
  private Optional<String> provenance = Optional.empty();

  @Option(names = "--sbom", paramLabel = "false", description = "only false so far")
  private Optional<String> sbom = Optional.empty();

  @Option(
      names = "--progress",
      paramLabel = "MODE",
      description = "auto, plain, tty or rawjson, on standard error")
  Optional<String> progress = Optional.empty();

  @Option(
      names = {"-q", "--quiet"},
      description = "no progress; print the digest alone")
  boolean quiet;

  /** Where the result goes; an image in the registry unless said otherwise. */
  List<OutputOption> outputs() {
    List<OutputOption> all = outputs.stream().map(OutputOption::parse).toList();
    if (all.stream().filter(OutputOption::toStandardOutput).count() > 1) {
      throw new UsageException("--output: only one result can go to standard output");
    }
    return all;
  }

  /** Where the image is pushed to, as the server takes it. */
  List<String> destinations() {
    Set<String> all = new LinkedHashSet<>();
    List<OutputOption> pushed =
        outputs().stream().filter(each -> each.type() == OutputOption.Type.REGISTRY).toList();
    pushed.forEach(each -> each.name().ifPresent(all::add));
    if (push || pushed.stream().anyMatch(each -> each.name().isEmpty())) {
      if (names.isEmpty()) {
        throw new UsageException("--push needs -t HOST/NAME[:TAG]: where the image goes");
      }
      all.addAll(names);
    }
    all.forEach(OutputFlags::checkDestination);
    return List.copyOf(all);
  }

  /** A short name stands for Cairn's own registry, so pushing it to another one is a mistake. */
  private static void checkDestination(String name) {
    Reference reference;
    try {
      reference = Reference.parse(name);
    } catch (InvalidOciException e) {
      throw new UsageException("--push: " + e.getMessage());
    }
    if (!name.startsWith(reference.registry() + "/")) {
      throw new UsageException(
          "--push: " + name + " names no registry; write HOST/" + name + ", or leave --push out");
    }
  }

  /** Labels of the image. */
  Map<String, String> labels() {
    return RecipeFlags.pairs("--label", "KEY=VALUE", withEquals(labels));
  }

  /** A label without a value is an empty one. */
  private static List<String> withEquals(List<String> texts) {
    return texts.stream().map(text -> text.contains("=") ? text : text + "=").toList();
  }

  /** Annotations of the manifest. */
  Map<String, String> annotations() {
    Map<String, String> plain = new LinkedHashMap<>();
    RecipeFlags.pairs("--annotation", "KEY=VALUE", annotations)
        .forEach((key, value) -> {
          int colon = key.indexOf(':');
          String level = colon < 0 ? "manifest" : key.substring(0, colon);
          if (!level.equals("manifest")) {
            throw new UsageException(
                "--annotation " + key + " is not offered: annotations go to the manifest alone");
          }
          plain.put(key.substring(colon + 1), value);
        });
    return plain;
  }

  /** Refuses statements, which come later; their absence may be asked for. */
  void refuseStatements() {
    refuseTrue("--provenance", provenance);
    refuseTrue("--sbom", sbom);
  }

  private static void refuseTrue(String flag, Optional<String> value) {
    if (value.isPresent() && !value.get().equals("false")) {
      throw new UsageException(
          flag + " is not offered: leave it out; cairn builds keep their materials at the server");
    }
  }
}
