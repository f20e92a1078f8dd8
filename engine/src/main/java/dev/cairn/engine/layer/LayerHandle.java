package dev.cairn.engine.layer;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A layer on its way: its files may already lie unpacked on the disk while its blob is still packed
 * and compressed, or its blob may still be fetched.
 *
 * @param layer the finished layer, or the reason why there is none
 * @param tree the directory with its files in overlay's form, if a step has just made it
 */
public record LayerHandle(Future<Layer> layer, Optional<Path> tree) {

  /** A layer that is finished. */
  public static LayerHandle of(Layer layer) {
    return new LayerHandle(CompletableFuture.completedFuture(layer), Optional.empty());
  }

  /**
   * Waits until the layer is finished.
   *
   * @throws BuildException if it could not be made or fetched, or if the build that made it went
   *     away meanwhile ({@code layer-lost})
   * @throws InterruptedException if the caller was cancelled
   */
  public Layer await() throws InterruptedException {
    try {
      return layer.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case BuildException failure -> throw failure;
        case null, default ->
            throw BuildException.of(FailureKind.INTERNAL, "layer-lost")
                .retryable()
                .cause(e)
                .sentence("A layer could not be stored: " + e.getCause());
      }
    }
  }
}
