package dev.cairn.build;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.Credential;
import java.util.Optional;

/** Brings images to registries elsewhere. What is already there is not sent again. */
@FunctionalInterface
public interface Publisher {

  /**
   * An image on its way to one place.
   *
   * @param tenant whose image it is
   * @param to where it goes
   * @param login for that registry alone
   * @param memory what this tenant's pushes know about registries
   */
  record Order(
      TenantId tenant, Outputs.Destination to, Optional<Credential> login, PushMemory memory) {}

  /**
   * Begins; nothing is sent yet.
   *
   * @throws BuildException if this destination is not allowed
   */
  Transfer open(Order order, PushListener listener);

  /**
   * Says whether a destination is allowed, before anything is done for it.
   *
   * @throws BuildException of kind INPUT if the request wants less protection than the operator
   *     allows
   */
  default void check(Outputs.Destination to) {}

  /** One image's way. Closing it stops what goes on and waits for that. */
  interface Transfer extends AutoCloseable {

    /** A layer that will be part of the image is there: it may be sent while the rest is made. */
    void offer(Descriptor layer);

    /** A repository that may have some of the layers; only those of the same registry count. */
    void mayBeAt(Reference repository);

    /**
     * Sends what is left, and at last the image's manifests.
     *
     * @throws BuildException of kind PUBLISH or CREDENTIAL, naming registry, repository and reason
     * @throws InterruptedException if the thread was interrupted
     */
    void finish(Descriptor image) throws InterruptedException;

    @Override
    void close();
  }
}
