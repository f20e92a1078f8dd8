package dev.cairn.server.cairn;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /builds}, exactly as on the wire: every field of the model, all of them
 * optional but the recipe. Where a choice is made, exactly one member of the object is given.
 */
record BuildBody(
    Optional<Map<String, String>> labels,
    Optional<Map<String, ContextBody>> contexts,
    Optional<RecipeBody> recipe,
    Optional<CacheBody> cache,
    Optional<InputsBody> inputs,
    Optional<OutputsBody> outputs,
    Optional<LimitsBody> limits,
    Optional<ScheduleBody> schedule,
    Optional<String> trigger) {

  /** A context; added files are base64 by path. */
  record ContextBody(
      Optional<SourceBody> source,
      Optional<String> subdirectory,
      Optional<Map<String, String>> added) {}

  record SourceBody(
      Optional<ArchiveBody> archive,
      Optional<ManifestBody> manifest,
      Optional<GitBody> git,
      Optional<ImageBody> image,
      Optional<NoneBody> none) {}

  record ArchiveBody(Optional<String> upload, Optional<String> pack) {}

  record ManifestBody(Optional<String> pack) {}

  record GitBody(
      Optional<String> url,
      Optional<String> ref,
      Optional<Boolean> submodules,
      Optional<Boolean> lfs,
      Optional<Boolean> keepGitDirectory,
      Optional<Integer> depth,
      Optional<String> credential) {}

  record ImageBody(Optional<String> reference) {}

  record NoneBody() {}

  record RecipeBody(
      Optional<DockerfileBody> dockerfile,
      Optional<StepsBody> steps,
      @com.fasterxml.jackson.annotation.JsonProperty("import") Optional<ImportBody> imported,
      Optional<BuildpacksBody> buildpacks) {}

  /**
   * {@code text} or {@code path}, not both; neither means the path {@code Dockerfile}. A text may
   * bring its own ignore file.
   */
  record DockerfileBody(
      Optional<String> text,
      Optional<String> ignore,
      Optional<String> path,
      Optional<String> target,
      Optional<Map<String, String>> arguments,
      Optional<List<String>> platforms,
      Optional<Map<String, String>> buildEnvironment,
      Optional<Map<String, String>> addedHosts,
      Optional<Map<String, UlimitBody>> ulimits,
      Optional<Long> shmBytes,
      Optional<String> hostname,
      Optional<List<String>> allow,
      Optional<Map<String, String>> basePins) {}

  record UlimitBody(long soft, long hard) {}

  record StepsBody(
      Optional<String> base, Optional<List<StepBody>> steps, Optional<List<String>> platforms) {}

  /** The instruction is an object with one member, named by its keyword in lower case. */
  record StepBody(
      Optional<Integer> number,
      Optional<Map<String, JsonNode>> instruction,
      Optional<String> user,
      Optional<Boolean> useCache,
      Optional<String> context) {}

  record ImportBody(Optional<String> image, Optional<List<String>> platforms) {}

  record BuildpacksBody(Optional<String> builder, Optional<Map<String, String>> environment) {}

  /** Nothing said means the tenant's default scope, written and read. */
  record CacheBody(
      Optional<ScopeBody> written,
      Optional<List<ScopeBody>> read,
      Optional<Boolean> enabled,
      Optional<List<String>> uncachedStages,
      Optional<List<String>> imports,
      Optional<List<String>> exports,
      Optional<String> mountNamespace,
      Optional<String> builder) {}

  record ScopeBody(Optional<String> name, Optional<Boolean> shared) {}

  record InputsBody(
      Optional<Map<String, SecretBody>> secrets,
      Optional<List<CredentialBody>> registryCredentials) {}

  /** One of: a stored id, a value in base64, a path in the main source, an id of the session. */
  record SecretBody(
      Optional<String> stored,
      Optional<String> value,
      Optional<String> file,
      Optional<String> session) {

    @Override
    public String toString() {
      return "SecretBody[***]";
    }
  }

  record CredentialBody(
      Optional<String> host,
      Optional<List<String>> purposes,
      Optional<SecretBody> secret,
      Optional<String> repository) {}

  record OutputsBody(
      Optional<List<DestinationBody>> destinations,
      Optional<List<String>> names,
      Optional<CompressionBody> compression,
      Optional<String> provenance,
      Optional<String> sbom,
      Optional<Map<String, String>> annotations,
      Optional<Map<String, String>> labels,
      Optional<Long> sourceDateEpoch,
      Optional<Boolean> rewriteTimestamps,
      Optional<String> rootFileSystem,
      Optional<String> machine) {}

  record DestinationBody(Optional<String> reference, Optional<Boolean> insecure) {}

  record CompressionBody(Optional<String> kind, Optional<Integer> level, Optional<Boolean> force) {}

  /** The network is a word, or an object with the one member {@code allow}: a list of texts. */
  record LimitsBody(
      Optional<Long> queueSeconds,
      Optional<Long> runSeconds,
      Optional<Long> stepSeconds,
      Optional<Long> pushSeconds,
      Optional<BigDecimal> cpus,
      Optional<Long> memoryBytes,
      Optional<Long> diskBytes,
      Optional<Long> inodes,
      Optional<Integer> processes,
      Optional<JsonNode> network) {}

  record ScheduleBody(
      Optional<Integer> priority,
      Optional<Instant> notBefore,
      Optional<Boolean> draft,
      Optional<String> serialKey,
      Optional<String> dedupeKey,
      Optional<String> supersedeKey,
      Optional<List<String>> needs) {}
}
