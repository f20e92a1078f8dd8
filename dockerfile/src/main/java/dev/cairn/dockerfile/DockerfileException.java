package dev.cairn.dockerfile;

/**
 * A Dockerfile that cannot be built, found before anything runs. The message is a sentence for the
 * author of the file; place and excerpt are kept apart so that each client can lay them out.
 */
public final class DockerfileException extends RuntimeException {
  private final Problem problem;
  private final Location location;
  private final String excerpt;

  DockerfileException(Problem problem, String sentence, Location location, String excerpt) {
    super(sentence);
    this.problem = problem;
    this.location = location;
    this.excerpt = excerpt;
  }

  /**
   * An error at an instruction; the excerpt is the instruction's own text until {@link
   * Dockerfile#locate} replaces it by lines of the file.
   */
  public DockerfileException(Problem problem, String sentence, SourceText source) {
    this(problem, sentence, source.location(), source.text());
  }

  /** The class of error. */
  public Problem problem() {
    return problem;
  }

  /** The stable code, such as {@code unknown-flag}. */
  public String code() {
    return problem.code();
  }

  /** What is wrong, as a sentence without the place. */
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /** Where. */
  public Location location() {
    return location;
  }

  /** The lines around the place, numbered, the wrong ones marked with {@code >>>}. */
  public String excerpt() {
    return excerpt;
  }
}
