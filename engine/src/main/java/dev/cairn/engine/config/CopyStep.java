package dev.cairn.engine.config;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.dockerfile.CopySources;
import dev.cairn.dockerfile.FileOptions;
import dev.cairn.dockerfile.InlineFile;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.value.RemoteKind;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.engine.copy.UrlName;
import dev.cairn.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a COPY or ADD, with its words expanded, does and how history tells it.
 *
 * @param operation on files
 * @param history the text of its entry
 */
record CopyStep(FileOperation operation, String history) {

  static CopyStep of(Instruction.Copy copy, String directory) {
    var sources = new ArrayList<CopySource>();
    copy.sources().paths().forEach(path -> sources.add(new CopySource.Files(path, false)));
    addInline(sources, copy.sources());
    var operation =
        new CopyOperation(
            sources,
            Destinations.copy(directory, copy.destination()),
            copy.options().chown(),
            copy.options().chmod(),
            copy.options().excludes(),
            copy.parents(),
            copy.options().link(),
            copy.location().toString());
    String keyword = copy.parents() ? "COPY --parents" : "COPY";
    return new CopyStep(
        new FileOperation.Copy(copy, operation, copy.from()),
        history(keyword, copy.options(), copy.sources(), copy.destination()));
  }

  static CopyStep of(Instruction.Add add, String directory) {
    Optional<Digest> checksum = Optional.empty();
    var sources = new ArrayList<CopySource>();
    for (String path : add.sources().paths()) {
      switch (RemoteKind.of(path)) {
        case LOCAL -> sources.add(new CopySource.Files(path, add.unpack().orElse(true)));
        case HTTP -> {
          checksum = add.checksum().map(Digest::parse);
          sources.add(
              new CopySource.Url(path, UrlName.of(path), checksum, add.unpack().orElse(false)));
        }
        case GIT ->
            throw BuildException.of(FailureKind.INPUT, "unsupported")
                .at(add.location().toString())
                .remedy("Fetch the repository in a RUN, or make it the build's context.")
                .sentence("ADD of a Git repository is not supported yet.");
      }
    }
    addInline(sources, add.sources());
    var operation =
        new CopyOperation(
            sources,
            Destinations.copy(directory, add.destination()),
            add.options().chown(),
            add.options().chmod(),
            add.options().excludes(),
            false,
            add.options().link(),
            add.location().toString());
    return new CopyStep(
        new FileOperation.Copy(add, operation, Optional.empty()),
        history("ADD", add.options(), add.sources(), add.destination()));
  }

  private static void addInline(List<CopySource> sources, CopySources from) {
    for (InlineFile file : from.files()) {
      sources.add(new CopySource.Inline(file.name(), file.content()));
    }
  }

  private static String history(
      String keyword, FileOptions options, CopySources sources, String destination) {
    var line = new StringBuilder(keyword);
    options.chown().ifPresent(text -> line.append(" --chown=").append(text));
    options.chmod().ifPresent(text -> line.append(" --chmod=").append(text));
    sources.paths().forEach(path -> line.append(' ').append(path));
    sources.files().forEach(file -> line.append(" <<").append(file.name()));
    return line.append(' ').append(destination).append(" # buildkit").toString();
  }
}
