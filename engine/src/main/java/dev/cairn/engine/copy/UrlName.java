package dev.cairn.engine.copy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** What a downloaded file is called. */
public final class UrlName {
  private static final String UNNAMED = "__unnamed__";

  private UrlName() {}

  /** The last part of the URL's path, without query and fragment. */
  public static String of(String url) {
    int end = url.length();
    for (char mark : new char[] {'#', '?'}) {
      int at = url.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    int host = url.indexOf("://") + 3;
    int slash = url.indexOf('/', host);
    if (slash < 0 || slash >= end) {
      return UNNAMED;
    }
    String path = url.substring(slash, end).replaceAll("/+$", "");
    String name = decode(path.substring(path.lastIndexOf('/') + 1));
    // An escaped slash would be a way into other directories.
    name = name.substring(name.lastIndexOf('/') + 1);
    boolean usable =
        !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0;
    return usable ? name : UNNAMED;
  }

  private static String decode(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }
}
