package dev.cairn.oci;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one instruction did (OCI image specification, "history"). Entries that are not empty stand
 * for the layers, in order.
 */
public record History(
    Optional<Instant> created,
    Optional<String> createdBy,
    Optional<String> author,
    Optional<String> comment,
    boolean emptyLayer,
    ExtraFields extra) {

  private static final Set<String> KNOWN =
      Set.of("created", "created_by", "author", "comment", "empty_layer");

  /** An entry of our own: what was done, when, with a comment, with a layer or without. */
  public static History of(
      Optional<Instant> created, String createdBy, String comment, boolean emptyLayer) {
    return new History(
        created,
        Optional.of(createdBy),
        Optional.empty(),
        Optional.of(comment).filter(text -> !text.isEmpty()),
        emptyLayer,
        ExtraFields.NONE);
  }

  /** The same entry with this time. */
  public History withCreated(Optional<Instant> newCreated) {
    return new History(newCreated, createdBy, author, comment, emptyLayer, extra);
  }

  static History read(Fields fields) {
    return new History(
        fields.string("created").map(text -> fields.parsed("created", text, Timestamps::parse)),
        fields.string("created_by"),
        fields.string("author"),
        fields.string("comment"),
        fields.flag("empty_layer"),
        fields.except(KNOWN));
  }

  ObjectNode write() {
    ObjectNode node = Json.newObject();
    created.ifPresent(time -> node.put("created", Timestamps.format(time)));
    createdBy.ifPresent(text -> node.put("created_by", text));
    author.ifPresent(text -> node.put("author", text));
    comment.ifPresent(text -> node.put("comment", text));
    if (emptyLayer) {
      node.put("empty_layer", true);
    }
    extra.addTo(node);
    return node;
  }
}
