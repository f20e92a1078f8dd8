package dev.cairn.dockerfile;

import java.util.Locale;

/** The classes of errors a Dockerfile can have. The codes are stable; programs may test them. */
public enum Problem {
  EMPTY,
  UNKNOWN_INSTRUCTION,
  NO_STAGE,
  ARITY,
  QUOTE,
  UNKNOWN_FLAG,
  DUPLICATE_FLAG,
  FLAG_VALUE,
  BLANK_NAME,
  EXEC_JSON,
  SHELL_JSON,
  HEREDOC_DEST,
  HEREDOC_EOF,
  SUBSTITUTION,
  BLANK_BASE,
  STAGE_NAME,
  STAGE_INDEX,
  STAGE_ORDER,
  CIRCULAR,
  FROM_VARIABLE,
  TARGET,
  PLATFORM,
  COPY_URL,
  CHMOD,
  CHOWN,
  CHECKSUM,
  NETWORK,
  SECURITY,
  DEVICE,
  MOUNT_TYPE,
  MOUNT_OPTION,
  MOUNT_TARGET,
  MOUNT_FROM,
  PORT,
  HEALTHCHECK,
  SIGNAL,
  VOLUME,
  ONBUILD,
  CHECK_OPTION,
  CHECK_FAILED,
  DIRECTIVE,
  UNSUPPORTED_SYNTAX,
  TOO_LARGE;

  /** The stable spelling, such as {@code unknown-instruction}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
