package dev.cairn.publish;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Outputs;
import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;

/**
 * Pushes images to other registries through the client that checks every address. How a registry is
 * spoken to is the operator's decision alone.
 */
public final class RegistryPublisher implements Publisher {
  private final HttpFetcher http;
  private final RegistrySettings settings;
  private final BlobPush.Common common;

  /** A publisher; the settings say what the operator knows about single registries. */
  public RegistryPublisher(
      HttpFetcher http, RegistrySettings settings, BlobStore store, Patience patience) {
    this.http = http;
    this.settings = settings;
    this.common = new BlobPush.Common(store, patience, new BlobTurns());
  }

  @Override
  public Transfer open(Order order, PushListener listener) {
    check(order.to());
    RegistryHost host = order.to().reference().registry();
    RegistryCredentials login =
        order
            .login()
            .map(credential -> RegistryCredentials.of(host, credential))
            .orElse(RegistryCredentials.NONE);
    var client = new RegistryClient(http, settings, login);
    return new RegistryTransfer(
        new BlobPush(client, order, listener, common), common.store(), listener);
  }

  @Override
  public void check(Outputs.Destination to) {
    RegistryHost registry = to.reference().registry();
    var rule = settings.host(registry);
    boolean unprotected =
        rule.plainHttp() || rule.trust().filter(trust -> !trust.verifying()).isPresent();
    if (to.insecure() && !unprotected) {
      throw BuildException.of(FailureKind.INPUT, "push-insecure-refused")
          .remedy(
              "leave insecure out, or let the operator name "
                  + registry
                  + " under plainHttp or registries in the server's configuration")
          .sentence(
              "Pushing to "
                  + to.reference()
                  + " without protection is refused: only the operator can allow plain http or an"
                  + " unchecked certificate.");
    }
    if (to.reference().digest().isPresent()) {
      throw BuildException.of(FailureKind.INPUT, "push-target-digest")
          .remedy("name a tag instead")
          .sentence(
              "Pushing to "
                  + to.reference()
                  + " is not possible: a digest follows from what is pushed.");
    }
  }
}
