package dev.cairn.engine.base;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.Credentials;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Finds what the image names of one build mean right now. Each name is asked for once in a build
 * and anew in the next one, with that build's own login, so that an image which has become private,
 * or another one, is noticed.
 */
public final class BaseResolver {
  private final RegistryClient client;
  private final LocalImages local;
  private final BlobStore blobs;
  private final Credentials credentials;
  private final BuildJob job;
  private final Map<String, Digest> pins;
  private final Set<String> lastBases = ConcurrentHashMap.newKeySet();
  private final Map<String, FutureTask<BaseImage>> known = new ConcurrentHashMap<>();

  /**
   * A resolver of one build.
   *
   * @param pins the digest that a base must have, by the normalised reference, or by "" for the
   *     base of the final stage
   */
  public BaseResolver(Registries registries, BuildJob job, Map<String, Digest> pins) {
    this.client = registries.client();
    this.local = registries.local();
    this.blobs = registries.blobs();
    this.credentials = registries.credentials();
    this.job = job;
    this.pins = Map.copyOf(pins);
  }

  /** Where images come from. */
  public record Registries(
      RegistryClient client, LocalImages local, BlobStore blobs, Credentials credentials) {}

  /**
   * The image that a name means for a platform.
   *
   * @param name as written in FROM
   * @param place where it is written, for errors
   * @throws BuildException of kind SOURCE, CREDENTIAL or INPUT if there is none
   * @throws InterruptedException if the build was cancelled
   */
  public BaseImage resolve(String name, Platform platform, String place)
      throws InterruptedException {
    var mine = new FutureTask<>(() -> fresh(name, platform, place));
    var first = known.putIfAbsent(name + " " + platform, mine);
    FutureTask<BaseImage> task = first == null ? mine : first;
    task.run();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw dev.cairn.engine.cache.SharedWork.unwrapped(e);
    }
  }

  /**
   * Keeps the manifest and the config of an image bit for bit, so that it can be passed on.
   *
   * @throws BuildException if the registry does not give them any more
   * @throws InterruptedException if the build was cancelled
   */
  public void keep(BaseImage image, String place) throws InterruptedException {
    if (image.where() == BaseImage.Where.OURS) {
      return;
    }
    try {
      RegistryClient from = login(image.reference()).client();
      Reference exact = image.reference().withDigest(image.manifest().digest());
      blobs.put(from.manifest(exact).bytes());
      try (InputStream config = from.blob(exact, image.document().config())) {
        blobs.put(config.readAllBytes());
      }
    } catch (IOException e) {
      throw RegistryFailures.of(image.name(), place, e);
    }
  }

  /** Says which name, as written in FROM, the final stage stands on; before it is resolved. */
  public void pinLastBase(String name) {
    lastBases.add(name);
  }

  /** The client with the login for this image, and whether there was one. */
  Login login(Reference reference) {
    Optional<Credential> login =
        credentials.registry(
            job,
            reference.registry().toString(),
            reference.repository().value(),
            Inputs.Purpose.PULL);
    return new Login(
        login
            .map(found -> RegistryCredentials.of(reference.registry(), found))
            .map(client::withCredentials)
            .orElse(client),
        login.isPresent());
  }

  /** A client for one image. */
  record Login(RegistryClient client, boolean used) {}

  private BaseImage fresh(String name, Platform platform, String place)
      throws InterruptedException {
    Reference reference;
    try {
      reference = Reference.parse(name).orLatest();
    } catch (InvalidOciException e) {
      throw BuildException.of(FailureKind.INPUT, "base-name")
          .at(place)
          .remedy("Write the image as [host/]name[:tag][@digest].")
          .sentence("The image name is not valid: " + e.getMessage() + ".");
    }
    Digest pin = pins.get(reference.toString());
    if (pin == null && lastBases.contains(name)) {
      pin = pins.get("");
    }
    if (pin != null) {
      reference = reference.withDigest(pin);
    }
    try {
      Optional<Digest> ours = local.find(job, reference);
      return ours.isPresent()
          ? stored(name, reference, platform, ours.get())
          : pulled(name, reference, platform);
    } catch (IOException e) {
      throw RegistryFailures.of(name, place, e);
    } catch (InvalidOciException e) {
      throw RegistryFailures.of(name, place, e);
    }
  }

  private BaseImage pulled(String name, Reference reference, Platform platform) throws IOException {
    Login login = login(reference);
    var image = login.client().resolve(reference, platform);
    Manifest document = image.document();
    ImageConfig config = login.client().config(image.reference(), document);
    return checked(
        new BaseImage(
            name,
            image.reference(),
            image.root(),
            image.descriptor(),
            document,
            config,
            login.used() ? BaseImage.Where.PRIVATE : BaseImage.Where.PUBLIC));
  }

  private BaseImage stored(String name, Reference reference, Platform platform, Digest digest)
      throws IOException {
    byte[] bytes = read(digest, ManifestDocument.BYTES_LIMIT);
    ManifestDocument document = ManifestDocument.parse(bytes, Optional.empty());
    Descriptor root = Descriptor.of(document.mediaType(), digest, bytes.length);
    Descriptor chosen = root;
    for (int depth = 0; document instanceof Index index; depth++) {
      Optional<Descriptor> entry = index.choose(platform);
      if (entry.isEmpty() || depth == Index.NESTING_LIMIT) {
        throw new IOException("it has no image for " + platform);
      }
      chosen = entry.get();
      document =
          ManifestDocument.parse(
              read(chosen.digest(), ManifestDocument.BYTES_LIMIT), Optional.of(chosen.mediaType()));
    }
    if (!(document instanceof Manifest manifest)) {
      throw new IOException("it is no image");
    }
    ImageConfig config =
        ImageConfig.parse(read(manifest.config().digest(), ImageConfig.BYTES_LIMIT));
    return checked(
        new BaseImage(
            name,
            reference.withDigest(digest),
            root,
            chosen,
            manifest,
            config,
            BaseImage.Where.OURS));
  }

  private byte[] read(Digest digest, int limit) throws IOException {
    try (InputStream in = blobs.open(digest)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException("the document " + digest + " has more than " + limit + " bytes");
      }
      return bytes;
    }
  }

  private static BaseImage checked(BaseImage image) throws IOException {
    if (!image.document().isImage()) {
      throw new IOException("it is an artifact and no container image");
    }
    if (image.document().layers().size() != image.config().diffIds().size()) {
      throw new IOException("its manifest and its config name different numbers of layers");
    }
    return image;
  }
}
