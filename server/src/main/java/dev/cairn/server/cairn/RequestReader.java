package dev.cairn.server.cairn;

import static dev.cairn.server.cairn.Field.constant;
import static dev.cairn.server.cairn.Field.invalid;
import static dev.cairn.server.cairn.Field.list;
import static dev.cairn.server.cairn.Field.map;
import static dev.cairn.server.cairn.Field.read;
import static dev.cairn.server.cairn.Field.required;

import dev.cairn.build.BuildId;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Outputs;
import dev.cairn.build.RelativePath;
import dev.cairn.build.Schedule;
import dev.cairn.build.StepReach;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.server.RepositoryNames;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Cache, inputs, outputs, limits and schedule of a body as parts of the model. */
final class RequestReader {
  /** The cache scope of a tenant that names none. */
  static final String DEFAULT_SCOPE = "default";

  private static final int MOST = 1000;
  private static final long MOST_SECONDS = Duration.ofDays(30).toSeconds();

  private final TenantId tenant;
  private final SealedValues sealed;

  RequestReader(TenantId tenant, SealedValues sealed) {
    this.tenant = tenant;
    this.sealed = sealed;
  }

  CacheOptions cache(BuildBody.CacheBody body) {
    var nothingSaid = body.written().isEmpty() && body.read().isEmpty() && body.builder().isEmpty();
    List<CacheScope> read = new ArrayList<>();
    for (BuildBody.ScopeBody scope : list("cache.read", body.read(), MOST)) {
      read.add(scope("cache.read", scope));
    }
    Optional<CacheScope> written = body.written().map(scope -> scope("cache.written", scope));
    if (nothingSaid) {
      var own = CacheScope.of(tenant, DEFAULT_SCOPE);
      written = Optional.of(own);
      read.add(own);
    }
    return new CacheOptions(
        written,
        read,
        body.enabled().orElse(true),
        Set.copyOf(list("cache.uncachedStages", body.uncachedStages(), MOST)),
        list("cache.imports", body.imports(), MOST),
        list("cache.exports", body.exports(), MOST),
        body.mountNamespace()
            .map(name -> read("cache.mountNamespace", name, n -> CacheScope.of(tenant, n).name())),
        body.builder());
  }

  private CacheScope scope(String field, BuildBody.ScopeBody body) {
    String name = required(field + ".name", body.name());
    return read(
        field,
        name,
        n -> body.shared().orElse(false) ? CacheScope.shared(n) : CacheScope.of(tenant, n));
  }

  Inputs inputs(BuildBody.InputsBody body) {
    Map<String, Inputs.SecretInput> secrets = new HashMap<>();
    map("inputs.secrets", body.secrets(), MOST)
        .forEach((id, secret) -> {
          if (!id.matches("[A-Za-z0-9._-]{1,128}") || id.equals(".") || id.equals("..")) {
            throw invalid("inputs.secrets", "an id has 1 to 128 of A-Z a-z 0-9 . _ -");
          }
          secrets.put(id, secret("inputs.secrets." + id, secret));
        });
    List<Inputs.CredentialInput> credentials = new ArrayList<>();
    for (var login : list("inputs.registryCredentials", body.registryCredentials(), MOST)) {
      String field = "inputs.registryCredentials";
      Set<Inputs.Purpose> purposes = new HashSet<>();
      for (String purpose : list(field + ".purposes", login.purposes(), 3)) {
        purposes.add(constant(field + ".purposes", purpose, Inputs.Purpose.class));
      }
      credentials.add(
          new Inputs.CredentialInput(
              read(field + ".host", required(field + ".host", login.host()), RegistryHost::new)
                  .toString(),
              purposes.isEmpty() ? Set.of(Inputs.Purpose.PULL) : purposes,
              secret(field + ".secret", required(field + ".secret", login.secret())),
              login.repository()));
    }
    return new Inputs(secrets, credentials);
  }

  private Inputs.SecretInput secret(String field, BuildBody.SecretBody body) {
    Field.exactlyOne(
        field,
        Map.of(
            "stored", body.stored().isPresent(),
            "value", body.value().isPresent(),
            "file", body.file().isPresent(),
            "session", body.session().isPresent()));
    if (body.stored().isPresent()) {
      return new Inputs.SecretInput.Stored(body.stored().get());
    }
    if (body.value().isPresent()) {
      return new Inputs.SecretInput.Sent(
          sealed.seal(Field.base64(field + ".value", body.value().get())));
    }
    if (body.file().isPresent()) {
      return new Inputs.SecretInput.FromSource(
          read(field + ".file", body.file().get(), RelativePath::of));
    }
    return new Inputs.SecretInput.FromSession(body.session().orElseThrow());
  }

  Outputs outputs(BuildBody.OutputsBody body, BuildId id) {
    List<Outputs.Destination> destinations = new ArrayList<>();
    for (var destination : list("outputs.destinations", body.destinations(), 100)) {
      String field = "outputs.destinations.reference";
      destinations.add(
          new Outputs.Destination(
              read(field, required(field, destination.reference()), Reference::parse),
              destination.insecure().orElse(false)));
    }
    List<String> names = new ArrayList<>();
    for (String name : list("outputs.names", body.names(), 100)) {
      names.add(
          read("outputs.names", name, n -> RepositoryNames.own(tenant, n, Optional.empty()))
              .toString());
    }
    if (names.isEmpty()) {
      // Without a name nothing could pull it; this one is as unique as the build.
      names.add("builds/" + id + ":latest");
    }
    return new Outputs(
        destinations,
        names,
        body.compression().map(RequestReader::compression).orElse(Outputs.DEFAULT.compression()),
        body.provenance(),
        body.sbom(),
        map("outputs.annotations", body.annotations(), MOST),
        map("outputs.labels", body.labels(), MOST),
        body.sourceDateEpoch().map(seconds -> positive("outputs.sourceDateEpoch", seconds, 0)),
        body.rewriteTimestamps().orElse(false),
        body.rootFileSystem(),
        body.machine());
  }

  private static Outputs.Compression compression(BuildBody.CompressionBody body) {
    var kind =
        constant(
            "outputs.compression.kind", body.kind().orElse("gzip"), Outputs.CompressionKind.class);
    body.level()
        .filter(level -> level < 0 || level > 22)
        .ifPresent(level -> {
          throw invalid("outputs.compression.level", "is 0 to 22");
        });
    return new Outputs.Compression(kind, body.level(), body.force().orElse(false));
  }

  Limits limits(BuildBody.LimitsBody body) {
    return new Limits(
        seconds("limits.queueSeconds", body.queueSeconds()),
        seconds("limits.runSeconds", body.runSeconds()),
        seconds("limits.stepSeconds", body.stepSeconds()),
        seconds("limits.pushSeconds", body.pushSeconds()),
        body.cpus().map(RequestReader::thousandths),
        body.memoryBytes().map(bytes -> positive("limits.memoryBytes", bytes, 1)),
        body.diskBytes().map(bytes -> positive("limits.diskBytes", bytes, 1)),
        body.inodes().map(n -> positive("limits.inodes", n, 1)),
        body.processes().map(n -> (int) positive("limits.processes", n, 1)),
        // What is not there at all arrives as a node of its own.
        body.network()
            .filter(node -> !node.isNull() && !node.isMissingNode())
            .map(RequestReader::network));
  }

  private static StepReach network(JsonNode node) {
    String field = "limits.network";
    if (node.isString()) {
      return switch (node.asString()) {
        case "egress" -> StepReach.EGRESS;
        case "none" -> StepReach.NONE;
        case "isolated" -> StepReach.ISOLATED;
        default -> throw invalid(field, "is egress, none, isolated or {allow: […]}");
      };
    }
    JsonNode list = node.path("allow");
    if (!node.isObject() || node.size() != 1 || !list.isArray()) {
      throw invalid(field, "is egress, none, isolated or {allow: […]}");
    }
    List<String> allow = new ArrayList<>();
    for (JsonNode entry : list) {
      if (!entry.isString()) {
        throw invalid(field + ".allow", "holds something that is no text");
      }
      allow.add(entry.asString());
    }
    return read(field + ".allow", allow, StepReach::listed);
  }

  private static int thousandths(BigDecimal cpus) {
    if (cpus.signum() <= 0 || cpus.compareTo(BigDecimal.valueOf(4096)) > 0 || cpus.scale() > 30) {
      throw invalid("limits.cpus", "is a number above 0 and at most 4096");
    }
    return Math.max(1, cpus.movePointRight(3).intValue());
  }

  private static Optional<Duration> seconds(String field, Optional<Long> value) {
    return value.map(seconds -> {
      if (seconds < 1 || seconds > MOST_SECONDS) {
        throw invalid(field, "is 1 to " + MOST_SECONDS);
      }
      return Duration.ofSeconds(seconds);
    });
  }

  private static long positive(String field, long value, long least) {
    if (value < least) {
      throw invalid(field, "is at least " + least);
    }
    return value;
  }

  Schedule schedule(BuildBody.ScheduleBody body) {
    List<BuildId> needs = new ArrayList<>();
    for (String need : list("schedule.needs", body.needs(), 100)) {
      needs.add(read("schedule.needs", need, BuildId::parse));
    }
    return read(
        "schedule",
        body,
        b ->
            new Schedule(
                b.priority().orElse(0),
                b.notBefore(),
                b.draft().orElse(false),
                key("schedule.serialKey", b.serialKey()),
                key("schedule.dedupeKey", b.dedupeKey()),
                key("schedule.supersedeKey", b.supersedeKey()),
                needs));
  }

  private static Optional<String> key(String field, Optional<String> key) {
    key.filter(text -> text.isEmpty() || text.length() > 200)
        .ifPresent(text -> {
          throw invalid(field, "has 1 to 200 characters");
        });
    return key;
  }
}
