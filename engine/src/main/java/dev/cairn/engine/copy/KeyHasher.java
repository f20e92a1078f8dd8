package dev.cairn.engine.copy;

import dev.cairn.content.Node;
import dev.cairn.content.Xattrs;
import dev.cairn.oci.Digest;
import java.nio.ByteBuffer;

/** SHA-256 over length-prefixed fields, so that no two lists of fields have the same bytes. */
final class KeyHasher {
  private final Digest.Hasher hasher = Digest.newHasher();

  /** Each character in two bytes: names that are no UTF-8 hold unpaired surrogates. */
  KeyHasher text(String value) {
    var characters = ByteBuffer.allocate(value.length() * Character.BYTES);
    characters.asCharBuffer().put(value);
    return bytes(characters.array());
  }

  KeyHasher bytes(byte[] value) {
    number(value.length);
    hasher.update(value);
    return this;
  }

  KeyHasher number(long value) {
    hasher.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  /** Type, mode, owner, extended attributes and what the body says; no path, no times. */
  KeyHasher node(Node node) {
    text(node.type().name());
    var attributes = node.attributes();
    number(attributes.mode()).number(attributes.uid()).number(attributes.gid());
    xattrs(attributes.xattrs());
    return switch (node.body()) {
      case Node.Body.Directory() -> this;
      case Node.Body.File file -> number(file.size()).text(file.digest().toString());
      case Node.Body.Symlink link -> text(link.target());
      case Node.Body.HardLink link -> text(link.target());
      case Node.Body.Special special -> number(special.major()).number(special.minor());
    };
  }

  private void xattrs(Xattrs xattrs) {
    number(xattrs.names().size());
    for (String name : xattrs.names()) {
      text(name).bytes(xattrs.value(name).orElseThrow());
    }
  }

  Digest finish() {
    return hasher.finish();
  }
}
