package dev.cairn.publish;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Credentials;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Outputs;
import dev.cairn.build.Phase;
import dev.cairn.build.Publisher;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.TlsTrust;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistryException;
import dev.cairn.oci.registry.RegistrySettings;
import java.io.IOException;
import java.util.HashMap;

/** Pushes images to other registries through the client that checks every address. */
public final class RegistryPublisher implements Publisher {
  private final HttpFetcher http;
  private final RegistrySettings settings;
  private final BlobStore store;
  private final Credentials credentials;

  /** One object, so that connections with it are found again. */
  private final TlsTrust anyCertificate = TlsTrust.insecure();

  /** A publisher; the settings say what the operator knows about single registries. */
  public RegistryPublisher(
      HttpFetcher http, RegistrySettings settings, BlobStore store, Credentials credentials) {
    this.http = http;
    this.settings = settings;
    this.store = store;
    this.credentials = credentials;
  }

  @Override
  public void publish(BuildJob job, BuildResult result, Outputs.Destination to, BuildSink sink)
      throws InterruptedException {
    sink.phase(Phase.PUBLISH);
    Reference reference = to.reference().orLatest();
    try {
      var image = ImageBlobs.read(store, result.image());
      var client = client(job, to, reference);
      new Push(client, reference, store, sink).run(image);
    } catch (RegistryException e) {
      throw failure(e, reference);
    } catch (IOException e) {
      throw BuildException.of(FailureKind.PUBLISH, "publish")
          .retryable()
          .cause(e)
          .sentence("Pushing to " + reference + " failed: " + e.getMessage() + ".");
    }
  }

  private RegistryClient client(BuildJob job, Outputs.Destination to, Reference reference)
      throws IOException {
    RegistryHost host = reference.registry();
    RegistryCredentials login =
        credentials
            .registry(job, host.value(), reference.repository().value(), Inputs.Purpose.PUSH)
            .map(credential -> RegistryCredentials.of(host, credential))
            .orElse(RegistryCredentials.NONE);
    // What the operator says about a registry counts more than a request's wish.
    if (!to.insecure() || settings.hosts().containsKey(host)) {
      return new RegistryClient(http, settings, login);
    }
    var unchecked = client(host, RegistrySettings.Host.trusting(anyCertificate), login);
    try {
      unchecked.blobExists(reference, ImageBlobs.EMPTY);
      return unchecked;
    } catch (RegistryException e) {
      return e.kind() == RegistryException.Kind.UNAVAILABLE
          ? client(host, RegistrySettings.Host.plain(), login)
          : unchecked;
    }
  }

  private RegistryClient client(
      RegistryHost host, RegistrySettings.Host how, RegistryCredentials login) {
    var hosts = new HashMap<>(settings.hosts());
    hosts.put(host, how);
    return new RegistryClient(http, settings.withHosts(hosts), login);
  }

  private static BuildException failure(RegistryException e, Reference reference) {
    FailureKind kind =
        switch (e.kind()) {
          case UNAUTHORIZED, DENIED -> FailureKind.CREDENTIAL;
          case NOT_FOUND, UNAVAILABLE, INVALID, ADDRESS_REFUSED, TOO_LARGE -> FailureKind.PUBLISH;
        };
    String code =
        switch (e.kind()) {
          case UNAUTHORIZED -> "push-unauthorized";
          case DENIED -> "push-denied";
          case NOT_FOUND -> "push-not-found";
          case UNAVAILABLE -> "push-unavailable";
          case INVALID -> "push-invalid";
          case ADDRESS_REFUSED -> "push-address-refused";
          case TOO_LARGE -> "push-too-large";
        };
    var details = BuildException.of(kind, code).remedy(e.kind().advice()).cause(e);
    return (e.retryable() ? details.retryable() : details)
        .sentence("Pushing to " + reference + " failed: " + e.getMessage() + ".");
  }
}
