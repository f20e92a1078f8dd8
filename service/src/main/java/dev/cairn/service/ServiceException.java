package dev.cairn.service;

/** A request that the service refuses. Dialects map the kind to their status codes. */
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why it is refused. */
  public enum Kind {
    /** A field is wrong; the sentence names it. */
    INVALID,
    FORBIDDEN,
    /** Unknown, or another tenant's: both look alike. */
    NOT_FOUND,
    /** It contradicts the state of things, as cancelling what has ended. */
    CONFLICT,
    /** More bytes, entries or parts than allowed. */
    TOO_LARGE,
    /** The tenant has as much as it may have; later there may be room. */
    QUOTA,
    /** Known, but not offered by this installation or version. */
    UNSUPPORTED,
    /** Not now: shutting down, or the disk is full. */
    UNAVAILABLE
  }

  private final Kind kind;
  private final String code;
  private final String remedy;

  private ServiceException(Kind kind, String code, String sentence, String remedy) {
    super(sentence);
    this.kind = kind;
    this.code = code;
    this.remedy = remedy;
  }

  /**
   * Makes one.
   *
   * @param code stable, kebab-case
   * @param sentence what is wrong, naming the field; never holds a secret
   * @param remedy what to do about it
   */
  public static ServiceException of(Kind kind, String code, String sentence, String remedy) {
    return new ServiceException(kind, code, sentence, remedy);
  }

  /** The answer for an unknown id, and for a foreign one. */
  public static ServiceException notFound(String what) {
    return of(Kind.NOT_FOUND, "not-found", "no " + what + " with this name", "check the name");
  }

  /** A wrong field. */
  public static ServiceException invalid(String code, String sentence, String remedy) {
    return of(Kind.INVALID, code, sentence, remedy);
  }

  /** Why it is refused. */
  public Kind kind() {
    return kind;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }
}
