package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;

/** A copy that cannot be done; the place in the Dockerfile is added where it is known. */
final class CopyProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String remedy;

  CopyProblem(String code, String sentence) {
    this(code, sentence, "");
  }

  CopyProblem(String code, String sentence, String remedy) {
    super(sentence);
    this.code = code;
    this.remedy = remedy;
  }

  BuildException at(String place) {
    return BuildException.of(FailureKind.INPUT, code)
        .at(place)
        .remedy(remedy)
        .cause(this)
        .sentence(String.valueOf(getMessage()));
  }
}
