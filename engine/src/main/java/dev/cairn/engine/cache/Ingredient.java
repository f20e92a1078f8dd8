package dev.cairn.engine.cache;

/**
 * One thing that goes into a key. Ingredients are kept with the record, so that a later miss can be
 * explained; their values are therefore digests or harmless words, never a secret.
 *
 * @param kind what sort of thing
 * @param name its name for people: a variable, a path, a stage
 * @param value what is compared
 */
public record Ingredient(Kind kind, String name, String value) {

  /** What sort of thing an ingredient is, and how its change is reported. */
  public enum Kind {
    /** Form of the keys themselves. */
    VERSION("key-version-changed"),
    /** The platform built for. */
    PLATFORM("platform-changed"),
    /** The base image's manifest. */
    BASE("base-changed"),
    /** The step before this one. */
    PARENT("parent-changed"),
    /** The files of a context, a URL or a git repository. */
    FILES("files-changed"),
    /** Another stage or image that is read. */
    SOURCE("source-changed"),
    /** The instruction itself. */
    INSTRUCTION("instruction-changed"),
    /** A variable of the environment. */
    ARGUMENT("argument-changed"),
    /** Directory, user, network, host name, limits. */
    SETTING("setting-changed"),
    /** The shape of a mount. */
    MOUNT("mount-changed"),
    /** What the destination held. */
    DESTINATION("destination-changed");

    private final String reason;

    Kind(String reason) {
      this.reason = reason;
    }

    /** The stable word for "this differs". */
    public String reason() {
      return reason;
    }
  }
}
