package dev.cairn.dockerfile.value;

/** What a source of ADD is by its spelling. */
public enum RemoteKind {
  /** A path of the context. */
  LOCAL,
  /** An http or https download. */
  HTTP,
  /** A git repository. */
  GIT;

  /** An http address counts as git only if its path ends in {@code .git}. */
  public static RemoteKind of(String source) {
    if (source.startsWith("http://") || source.startsWith("https://")) {
      int end = 0;
      while (end < source.length() && source.charAt(end) != '#' && source.charAt(end) != '?') {
        end++;
      }
      return source.substring(0, end).endsWith(".git") ? GIT : HTTP;
    }
    boolean git =
        source.startsWith("git://")
            || source.startsWith("ssh://")
            || source.startsWith("git@")
            || source.startsWith("github.com/");
    return git ? GIT : LOCAL;
  }
}
