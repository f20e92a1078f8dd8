package dev.cairn.dockerfile.value;

import java.util.ArrayList;
import java.util.List;

/** The value of {@code --chmod}: an octal mode, or symbolic clauses as in chmod(1). */
public sealed interface FileModeChange {
  /** All permission bits: set-user, set-group, sticky and the nine. */
  int ALL_BITS = 07777;

  /** The new permission bits (at most 07777) of a file or directory that had {@code oldMode}. */
  int apply(int oldMode, boolean isDirectory);

  /**
   * Reads {@code 644}, {@code 04755}, {@code u=rwX,go=rX}, {@code +x}, {@code g=u}, {@code u+s}.
   *
   * @throws IllegalArgumentException if it is neither octal up to 7777 nor symbolic
   */
  static FileModeChange parse(String text) {
    if (text.matches("[0-7]{1,12}")) {
      long mode = Long.parseLong(text, 8);
      if (mode <= ALL_BITS) {
        return new Octal((int) mode);
      }
    } else if (!text.isEmpty() && text.length() <= 1024 && !Character.isDigit(text.charAt(0))) {
      var clauses = new ArrayList<SymbolicMode.Clause>();
      for (String clause : text.split(",", -1)) {
        clauses.addAll(SymbolicMode.parseClause(clause, text));
      }
      return new Symbolic(clauses);
    }
    throw SymbolicMode.invalid(text);
  }

  /** One mode for everything. */
  record Octal(int mode) implements FileModeChange {
    @Override
    public int apply(int oldMode, boolean isDirectory) {
      return mode;
    }
  }

  /** Clauses applied one after another; the umask plays no part. */
  record Symbolic(List<SymbolicMode.Clause> clauses) implements FileModeChange {
    public Symbolic {
      clauses = List.copyOf(clauses);
    }

    @Override
    public int apply(int oldMode, boolean isDirectory) {
      int mode = oldMode & ALL_BITS;
      for (var clause : clauses) {
        mode = clause.apply(mode, isDirectory);
      }
      return mode;
    }
  }
}
