package dev.cairn.build;

import java.util.Optional;

/** A build cannot go on. What it carries becomes the build's {@link BuildFailure}. */
public class BuildException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final FailureKind kind;
  private final String remedy;
  private final boolean retryable;
  private final String place;
  private final int step;
  private final int exitCode;

  private BuildException(Details details, String sentence) {
    super(sentence, details.cause.orElse(null));
    this.code = details.code;
    this.kind = details.kind;
    this.remedy = details.remedy;
    this.retryable = details.retryable;
    this.place = details.place.orElse("");
    this.step = details.step.orElse(-1);
    this.exitCode = details.exitCode.orElse(-1);
  }

  /** Begins one: what sort, and the stable kebab-case code. */
  public static Details of(FailureKind kind, String code) {
    return new Details(kind, code);
  }

  /** What sort of thing went wrong. */
  public FailureKind kind() {
    return kind;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /** This as the failure of an attempt. */
  public BuildFailure toFailure(Phase phase, int attempt, int attempts) {
    return new BuildFailure(
        code,
        kind,
        String.valueOf(getMessage()),
        remedy,
        retryable,
        phase,
        place.isEmpty() ? Optional.empty() : Optional.of(place),
        step < 0 ? Optional.empty() : Optional.of(step),
        exitCode < 0 ? Optional.empty() : Optional.of(exitCode),
        attempt,
        attempts,
        Optional.empty());
  }

  /** The particulars of an exception in the making; ends with {@link #sentence}. */
  public static final class Details {
    private final FailureKind kind;
    private final String code;
    private String remedy = "";
    private boolean retryable;
    private Optional<String> place = Optional.empty();
    private Optional<Integer> step = Optional.empty();
    private Optional<Integer> exitCode = Optional.empty();
    private Optional<Throwable> cause = Optional.empty();

    private Details(FailureKind kind, String code) {
      this.kind = kind;
      this.code = code;
    }

    /** What the owner can do about it. */
    public Details remedy(String text) {
      this.remedy = text;
      return this;
    }

    /** The same request may well succeed later. */
    public Details retryable() {
      this.retryable = true;
      return this;
    }

    /** Where in the input, as in {@code Dockerfile:12}. */
    public Details at(String text) {
      this.place = Optional.of(text);
      return this;
    }

    /** The caller's own number of the step. */
    public Details step(int number) {
      this.step = Optional.of(number);
      return this;
    }

    /** The exit code of the failed command. */
    public Details exitCode(int code) {
      this.exitCode = Optional.of(code);
      return this;
    }

    /** What lies beneath, for the operator's log only. */
    public Details cause(Throwable throwable) {
      this.cause = Optional.of(throwable);
      return this;
    }

    /** The exception, with the sentence that its owner reads. */
    public BuildException sentence(String text) {
      return new BuildException(this, text);
    }
  }
}
