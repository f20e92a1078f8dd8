package dev.cairn.dockerfile.value;

import java.util.ArrayList;
import java.util.List;

/** Symbolic modes of chmod(1): who, operator, permissions. */
public final class SymbolicMode {
  private SymbolicMode() {}

  /**
   * One operator with its permissions.
   *
   * @param who the classes it is for, some of {@code ugo}
   * @param operator {@code +}, {@code -} or {@code =}
   * @param permissions some of {@code rwxXst}, or one of {@code ugo} to copy from
   */
  public record Clause(String who, char operator, String permissions) {
    int apply(int mode, boolean isDirectory) {
      int bits = 0;
      int affected = 0;
      for (int i = 0; i < who.length(); i++) {
        int shift = shift(who.charAt(i));
        bits |= triple(mode, isDirectory) << shift;
        affected |= 07 << shift;
        if (permissions.indexOf('s') >= 0 && shift > 0) {
          bits |= shift == 6 ? 04000 : 02000;
        }
        // An "=" also clears the set-id bit of its class, except on directories.
        if (!isDirectory) {
          affected |= shift == 6 ? 04000 : shift == 3 ? 02000 : 0;
        }
      }
      if (permissions.indexOf('t') >= 0) {
        bits |= 01000;
      }
      return switch (operator) {
        case '+' -> mode | bits;
        case '-' -> mode & ~bits;
        default -> (mode & ~affected) | bits;
      };
    }

    private int triple(int mode, boolean isDirectory) {
      int triple = 0;
      for (int i = 0; i < permissions.length(); i++) {
        triple |=
            switch (permissions.charAt(i)) {
              case 'r' -> 04;
              case 'w' -> 02;
              case 'x' -> 01;
              case 'X' -> isDirectory || (mode & 0111) != 0 ? 01 : 0;
              case 'u' -> (mode >> 6) & 07;
              case 'g' -> (mode >> 3) & 07;
              case 'o' -> mode & 07;
              default -> 0;
            };
      }
      return triple;
    }

    private static int shift(char who) {
      return switch (who) {
        case 'u' -> 6;
        case 'g' -> 3;
        default -> 0;
      };
    }
  }

  static List<Clause> parseClause(String clause, String whole) {
    int at = 0;
    while (at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0) {
      at++;
    }
    String who = clause.substring(0, at);
    if (who.isEmpty() || who.indexOf('a') >= 0) {
      who = "ugo";
    }
    var clauses = new ArrayList<Clause>();
    while (at < clause.length()) {
      char operator = clause.charAt(at++);
      int start = at;
      while (at < clause.length() && "+-=".indexOf(clause.charAt(at)) < 0) {
        at++;
      }
      String permissions = clause.substring(start, at);
      if ("+-=".indexOf(operator) < 0 || !permissions.matches("[rwxXst]*|[ugo]")) {
        throw invalid(whole);
      }
      clauses.add(new Clause(who, operator, permissions));
    }
    if (clauses.isEmpty()) {
      throw invalid(whole);
    }
    return clauses;
  }

  static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "invalid chmod parameter: '"
            + text
            + "'. it should be octal string and between 0 and 07777"
            + " or symbolic such as u=rwX,go=rX");
  }
}
