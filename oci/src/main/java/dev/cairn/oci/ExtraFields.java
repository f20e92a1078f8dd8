package dev.cairn.oci;

import tools.jackson.databind.node.ObjectNode;

/** Fields of a parsed document that we do not know and write again unchanged. */
public final class ExtraFields {

  /** No such fields. */
  public static final ExtraFields NONE = new ExtraFields(Json.newObject());

  private final ObjectNode fields;

  ExtraFields(ObjectNode fields) {
    this.fields = fields;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  void addTo(ObjectNode target) {
    for (var entry : fields.properties()) {
      target.set(entry.getKey(), entry.getValue());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExtraFields extra && extra.fields.equals(fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return fields.propertyNames().toString();
  }
}
