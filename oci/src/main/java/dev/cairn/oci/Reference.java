package dev.cairn.oci;

import java.util.Optional;

/**
 * The name of an image: registry, repository, and a tag, a digest, both or neither. {@link #parse}
 * follows Docker's rules: {@code debian} means {@code docker.io/library/debian}. No tag is
 * invented; {@link #orLatest} does that where Docker would.
 */
public record Reference(
    RegistryHost registry, RepositoryName repository, Optional<Tag> tag, Optional<Digest> digest) {

  private static final int TEXT_LIMIT = 1024;
  private static final int NAME_LIMIT = 255;
  private static final String OFFICIAL = "library/";

  /** Checks that registry and repository together have at most 255 characters. */
  public Reference {
    if (registry.value().length() + 1 + repository.value().length() > NAME_LIMIT) {
      throw new InvalidOciException("image name has more than 255 characters before its tag");
    }
  }

  /** Reads a reference as Docker does; anything else is an {@link InvalidOciException}. */
  public static Reference parse(String text) {
    if (text.isEmpty()) {
      throw new InvalidOciException("image reference is empty; name an image such as debian:13");
    }
    if (text.length() > TEXT_LIMIT) {
      throw new InvalidOciException("image reference is longer than 1024 characters");
    }
    String rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = Optional.of(Digest.parse(rest.substring(at + 1)));
      rest = rest.substring(0, at);
    }
    Optional<Tag> tag = Optional.empty();
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(new Tag(rest.substring(colon + 1)));
      rest = rest.substring(0, colon);
    }
    if (isHexIdentifier(rest)) {
      throw new InvalidOciException(
          "image reference is a bare identifier of 64 hexadecimal characters; write NAME@sha256:…");
    }
    int slash = rest.indexOf('/');
    String first = slash < 0 ? "" : rest.substring(0, slash);
    if (slash < 0 || !namesRegistry(first)) {
      return new Reference(RegistryHost.DOCKER_HUB, hubName(rest), tag, digest);
    }
    var registry = new RegistryHost(first);
    String path = rest.substring(slash + 1);
    return new Reference(
        registry,
        registry.equals(RegistryHost.DOCKER_HUB) ? hubName(path) : new RepositoryName(path),
        tag,
        digest);
  }

  /** This reference with the tag {@code latest} if it has neither tag nor digest. */
  public Reference orLatest() {
    return tag.isEmpty() && digest.isEmpty() ? withTag(Tag.LATEST) : this;
  }

  /** The same repository with this tag and no digest. */
  public Reference withTag(Tag newTag) {
    return new Reference(registry, repository, Optional.of(newTag), Optional.empty());
  }

  /** The same repository and tag, pinned to this digest. */
  public Reference withDigest(Digest newDigest) {
    return new Reference(registry, repository, tag, Optional.of(newDigest));
  }

  /** Registry and repository alone. */
  public Reference withoutVersion() {
    return new Reference(registry, repository, Optional.empty(), Optional.empty());
  }

  /**
   * Registry and repository as one text, without tag and digest: {@code docker.io/library/debian}.
   */
  public String name() {
    return registry + "/" + repository;
  }

  /**
   * What a registry's manifest route takes: the digest if there is one, else the tag, else {@code
   * latest}.
   */
  public String manifestKey() {
    return digest.map(Digest::toString).orElseGet(() -> tag.orElse(Tag.LATEST).value());
  }

  /** The shortest text that {@link #parse} reads as this reference: {@code debian:13}. */
  public String familiar() {
    if (!registry.equals(RegistryHost.DOCKER_HUB)) {
      return toString();
    }
    String path = repository.value();
    if (path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0) {
      path = path.substring(OFFICIAL.length());
    }
    // A path whose own first component looks like a registry has to keep the prefix.
    int slash = path.indexOf('/');
    boolean ambiguous =
        (slash > 0 && namesRegistry(path.substring(0, slash))) || isHexIdentifier(path);
    return (ambiguous ? name() : path) + version();
  }

  @Override
  public String toString() {
    return name() + version();
  }

  private String version() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  private static RepositoryName hubName(String path) {
    return new RepositoryName(path.indexOf('/') < 0 ? OFFICIAL + path : path);
  }

  /**
   * Docker's rule: a dot, a colon or {@code localhost} make the first component a registry. Docker
   * takes an upper-case letter for the same; we keep hosts in lower case, so such a name could not
   * be read back, and it is far more often a mistyped repository.
   */
  private static boolean namesRegistry(String first) {
    return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
  }

  private static boolean isHexIdentifier(String text) {
    return text.length() == 64 && Ascii.isLowerHex(text);
  }
}
