package dev.cairn.dockerfile.check;

import java.util.Locale;

/** The rules that can be decided from the text; the name is what users write in {@code skip=}. */
public enum Rule {
  STAGE_NAME_CASING("StageNameCasing"),
  FROM_AS_CASING("FromAsCasing"),
  NO_EMPTY_CONTINUATION("NoEmptyContinuation"),
  CONSISTENT_INSTRUCTION_CASING("ConsistentInstructionCasing"),
  DUPLICATE_STAGE_NAME("DuplicateStageName"),
  RESERVED_STAGE_NAME("ReservedStageName"),
  JSON_ARGS_RECOMMENDED("JSONArgsRecommended"),
  MAINTAINER_DEPRECATED("MaintainerDeprecated"),
  UNDEFINED_ARG_IN_FROM("UndefinedArgInFrom"),
  WORKDIR_RELATIVE_PATH("WorkdirRelativePath"),
  UNDEFINED_VAR("UndefinedVar"),
  MULTIPLE_INSTRUCTIONS_DISALLOWED("MultipleInstructionsDisallowed"),
  LEGACY_KEY_VALUE_FORMAT("LegacyKeyValueFormat"),
  REDUNDANT_TARGET_PLATFORM("RedundantTargetPlatform"),
  SECRETS_USED_IN_ARG_OR_ENV("SecretsUsedInArgOrEnv"),
  INVALID_DEFAULT_ARG_IN_FROM("InvalidDefaultArgInFrom"),
  FROM_PLATFORM_FLAG_CONST_DISALLOWED("FromPlatformFlagConstDisallowed"),
  COPY_IGNORED_FILE("CopyIgnoredFile"),
  INVALID_DEFINITION_DESCRIPTION("InvalidDefinitionDescription"),
  EXPOSE_PROTO_CASING("ExposeProtoCasing"),
  EXPOSE_INVALID_FORMAT("ExposeInvalidFormat");

  private final String title;

  Rule(String title) {
    this.title = title;
  }

  /** The name users know, such as {@code StageNameCasing}. */
  public String title() {
    return title;
  }

  /** Reported only if asked for. */
  public boolean isExperimental() {
    return this == INVALID_DEFINITION_DESCRIPTION;
  }

  /** The page that explains the rule. */
  public String url() {
    return "https://docs.docker.com/go/dockerfile/rule/"
        + name().toLowerCase(Locale.ROOT).replace('_', '-')
        + "/";
  }
}
