package dev.cairn.source;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Context;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import dev.cairn.build.Secrets;
import dev.cairn.build.Source;
import dev.cairn.build.Sources;
import dev.cairn.content.blob.BlobNotFoundException;
import dev.cairn.content.pack.ContextPack;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.oci.Digest;
import java.io.IOException;

/**
 * Opens sources that are already here: archives, manifests, and nothing at all. What would have to
 * be fetched is refused by name.
 */
public final class PackSources implements Sources {
  private final ContextPacks packs;
  private final Secrets secrets;

  /** Sources in these packs; added files are unsealed by {@code secrets}. */
  public PackSources(ContextPacks packs, Secrets secrets) {
    this.packs = packs;
    this.secrets = secrets;
  }

  @Override
  public OpenSource open(BuildJob job, Context context, BuildSink sink) {
    sink.phase(Phase.SOURCE);
    OpenFiles files =
        switch (context.source()) {
          case Source.Archive archive -> {
            OpenFiles opened = pack(archive.pack());
            sink.material(
                new BuildResult.Material("archive", "upload", archive.upload().toString()));
            yield opened;
          }
          case Source.Manifest manifest -> {
            OpenFiles opened = pack(manifest.pack());
            sink.material(
                new BuildResult.Material("archive", "manifest", manifest.pack().toString()));
            yield opened;
          }
          case Source.None none -> OpenFiles.nothing();
          case Source.Git git -> throw unsupported("a Git repository");
          case Source.Image image -> throw unsupported("the image " + image.reference().familiar());
        };
    if (context.added().isEmpty()) {
      return files;
    }
    try {
      return AddedFiles.over(files, job, context.added(), secrets);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e instanceof RuntimeException failure
          ? failure
          : BuildException.of(FailureKind.SOURCE, "added-files")
              .cause(e)
              .sentence("The added files cannot be used: " + e.getMessage() + ".");
    }
  }

  private OpenFiles pack(Digest id) {
    try {
      ContextPack pack = packs.open(id);
      return new OpenFiles(pack, id);
    } catch (BlobNotFoundException e) {
      throw BuildException.of(FailureKind.SOURCE, "source-gone")
          .cause(e)
          .remedy("Upload the source again.")
          .sentence("The uploaded source " + id + " is no longer here.");
    } catch (IOException e) {
      throw BuildException.of(FailureKind.SOURCE, "source")
          .retryable()
          .cause(e)
          .sentence("The source cannot be read: " + e.getMessage() + ".");
    }
  }

  private static BuildException unsupported(String what) {
    return BuildException.of(FailureKind.INPUT, "unsupported-source")
        .remedy("Send the files as an archive or a manifest.")
        .sentence("A context from " + what + " is not supported yet.");
  }
}
