package dev.cairn.app.command;

import picocli.CommandLine;

/** The version of this program. */
public final class Version implements CommandLine.IVersionProvider {
  /** As in the build file. */
  public static final String NUMBER = "0.1.0";

  @Override
  public String[] getVersion() {
    return new String[] {"cairn " + NUMBER + " (Java " + Runtime.version().feature() + ")"};
  }
}
