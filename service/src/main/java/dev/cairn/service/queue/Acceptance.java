package dev.cairn.service.queue;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Inputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Source;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.builder.BuilderRows;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.secret.BuildSecrets;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides whether a submission is taken on, inside the transaction that does it. */
final class Acceptance {
  private static final int MOST_LABELS = 50;

  private final QueueSettings settings;

  Acceptance(QueueSettings settings) {
    this.settings = settings;
  }

  /** What needs no database. */
  void check(Submission submission) {
    BuildRequest request = submission.request();
    for (CacheScope scope : request.cache().written().stream().toList()) {
      if (scope.isShared()) {
        submission.principal().require(Right.BUILD_ADMIN);
      }
      checkScope(request, scope);
    }
    request.cache().read().forEach(scope -> checkScope(request, scope));
    checkBuilder(request);
    if (request.labels().size() > MOST_LABELS) {
      throw ServiceException.invalid(
          "labels-too-many", "labels: more than " + MOST_LABELS, "send fewer labels");
    }
    request.outputs().names().forEach(Acceptance::checkName);
    checkTime("limits.runSeconds", request.limits().run());
    checkTime("limits.stepSeconds", request.limits().step());
    checkTime("limits.pushSeconds", request.limits().push());
    settings.limits().check(request.limits());
    for (String handle : handles(request)) {
      if (!submission.sealed().containsKey(handle)) {
        throw ServiceException.invalid(
            "sealed-value-missing",
            "the value behind the handle " + handle + " was not sent",
            "send it");
      }
    }
    refuseLater(request);
  }

  private static void checkScope(BuildRequest request, CacheScope scope) {
    if (!scope.isShared() && !scope.owner().equals(request.tenant().value())) {
      throw ServiceException.notFound("cache scope");
    }
  }

  private static void checkBuilder(BuildRequest request) {
    if (request.cache().builder().isPresent()) {
      if (request.cache().written().isPresent()) {
        throw ServiceException.invalid(
            "builder-and-scope",
            "cache.written: a build on a builder writes the builder's cache",
            "name a builder or a scope to write, not both");
      }
      if (request.schedule().serialKey().isPresent()) {
        throw ServiceException.invalid(
            "builder-and-serial-key",
            "schedule.serialKey: builds on a builder run one after another anyway",
            "leave the key out");
      }
    } else if (request
        .schedule()
        .serialKey()
        .filter(k -> k.startsWith(BuilderRows.KEY))
        .isPresent()) {
      throw ServiceException.invalid(
          "serial-key-kept",
          "schedule.serialKey: keys that begin with " + BuilderRows.KEY + " belong to builders",
          "choose another key");
    }
  }

  private static void checkName(String name) {
    try {
      Reference reference = Reference.parse("own.invalid/" + name).orLatest();
      if (reference.digest().isPresent()) {
        throw ServiceException.invalid(
            "name-invalid", "outputs.names: a name has a tag and no digest", "drop the digest");
      }
    } catch (InvalidOciException e) {
      throw ServiceException.invalid(
          "name-invalid", "outputs.names: " + e.getMessage(), "write repository:tag");
    }
  }

  private void checkTime(String field, Optional<Duration> asked) {
    if (asked
        .filter(t -> t.isNegative() || t.isZero() || t.compareTo(settings.longestRun()) > 0)
        .isPresent()) {
      throw ServiceException.invalid(
          "timeout-out-of-range",
          field + ": must be above 0 and at most " + settings.longestRun().toSeconds() + " seconds",
          "ask for less time");
    }
  }

  private static Set<String> handles(BuildRequest request) {
    var handles = new HashSet<String>();
    for (Context context : request.contexts().values()) {
      context.added().values().stream().map(SealedBytes::handle).forEach(handles::add);
    }
    request.inputs().secrets().values().forEach(input -> addHandle(handles, input));
    request
        .inputs()
        .registryCredentials()
        .forEach(credential -> addHandle(handles, credential.secret()));
    return handles;
  }

  private static void addHandle(Set<String> handles, Inputs.SecretInput input) {
    if (input instanceof Inputs.SecretInput.Sent sent) {
      handles.add(sent.value().handle());
    }
  }

  /** Features that the model can say and that are not offered yet. */
  private static void refuseLater(BuildRequest request) {
    refuse(request.outputs().machine().isPresent(), "outputs.machine");
    refuse(request.outputs().rootFileSystem().isPresent(), "outputs.rootFileSystem");
    refuse(request.outputs().sbom().isPresent(), "outputs.sbom");
    refuse(!request.cache().imports().isEmpty(), "cache.imports");
    refuse(!request.cache().exports().isEmpty(), "cache.exports");
    refuse(request.recipe() instanceof Recipe.Buildpacks, "recipe.buildpacks");
    request.inputs().secrets().forEach((id, input) -> refuseLater("inputs.secrets." + id, input));
    request
        .inputs()
        .registryCredentials()
        .forEach(credential ->
            refuseLater("inputs.registryCredentials." + credential.host(), credential.secret()));
  }

  private static void refuseLater(String field, Inputs.SecretInput input) {
    refuse(input instanceof Inputs.SecretInput.FromSession, field + ".session");
    refuse(input instanceof Inputs.SecretInput.FromSource, field + ".source");
  }

  private static void refuse(boolean wanted, String field) {
    if (wanted) {
      throw ServiceException.of(
          ServiceException.Kind.UNSUPPORTED,
          "not-supported",
          field + ": this feature is not offered by this version",
          "leave the field out");
    }
  }

  /**
   * An earlier build that this submission is meant to find again. The tenant's row is locked first,
   * so that of two equal submissions at once the second finds the first.
   */
  Optional<BuildId> recognise(Session session, Submission submission, Instant now)
      throws SQLException {
    BuildRequest request = submission.request();
    TenantTable.lock(session, request.tenant());
    if (submission.idempotency().isPresent()) {
      var wanted = submission.idempotency().get();
      record Known(String fingerprint, BuildId build) {}
      var known =
          session.one(
              "SELECT fingerprint, build FROM idempotency WHERE tenant = ? AND name = ? AND"
                  + " expires_at > ?",
              row -> new Known(row.text("fingerprint"), BuildId.parse(row.text("build"))),
              request.tenant(),
              wanted.key(),
              now);
      if (wanted.replay() && known.isPresent()) {
        if (!known.get().fingerprint().equals(wanted.fingerprint())) {
          throw ServiceException.of(
              ServiceException.Kind.CONFLICT,
              "idempotency-key-reused",
              "the idempotency key was used for another request",
              "use a new key for a new request");
        }
        return Optional.of(known.get().build());
      }
    }
    if (request.schedule().dedupeKey().isPresent()) {
      return session.one(
          "SELECT id FROM build WHERE tenant = ? AND dedupe_key = ? AND ended = 0 ORDER BY id DESC",
          row -> BuildId.parse(row.text("id")),
          request.tenant(),
          request.schedule().dedupeKey());
    }
    return Optional.empty();
  }

  /**
   * Quotas, contexts, and the row itself. The tenant's row is locked, so racing submissions come
   * one after another.
   */
  void insert(Session session, Submission submission, Instant now) throws SQLException {
    BuildRequest request = submission.request();
    int most = TenantTable.lock(session, request.tenant()).queued();
    long waiting =
        session.count(
            "SELECT count(*) AS n FROM build WHERE tenant = ? AND state = 'queued' AND ended = 0",
            request.tenant());
    if (waiting >= most) {
      throw ServiceException.of(
          ServiceException.Kind.QUOTA,
          "queue-quota",
          "the tenant has " + most + " builds waiting, as many as it may",
          "wait until some have started");
    }
    for (Digest pack : packs(request)) {
      if (session.update(
              "UPDATE pack SET used_at = ? WHERE tenant = ? AND digest = ?",
              now,
              request.tenant(),
              pack)
          == 0) {
        throw ServiceException.notFound("context");
      }
      // Its row keeps it, so it cannot be going.
      BlobRights.arrived(
          session,
          "build:" + submission.id(),
          pack,
          now,
          queueLimit(request).plus(settings.longestRun()));
    }
    Optional<String> builder = request.cache().builder();
    if (builder.isPresent()
        && BuilderRows.scope(session, request.tenant(), builder.get()).isEmpty()) {
      throw ServiceException.notFound("builder");
    }
    for (BuildId need : request.schedule().needs()) {
      if (BuildRows.find(session, request.tenant(), need).isEmpty()) {
        throw ServiceException.notFound("build");
      }
    }
    Optional<Instant> until =
        request.schedule().draft() ? Optional.empty() : Optional.of(queueUntil(request, now));
    BuildRows.insert(session, submission.id(), request, now, until);
    if (submission.idempotency().isPresent()) {
      var key = submission.idempotency().get();
      session.update(
          """
          INSERT INTO idempotency (tenant, name, fingerprint, build, expires_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (tenant, name) DO UPDATE SET fingerprint = excluded.fingerprint,
            build = excluded.build, expires_at = excluded.expires_at
          """,
          request.tenant(),
          key.key(),
          key.fingerprint(),
          submission.id(),
          now.plus(key.window()));
    }
  }

  /** Until when a build that is let into the queue now must have started. */
  Instant queueUntil(BuildRequest request, Instant now) {
    return request
        .schedule()
        .notBefore()
        .filter(now::isBefore)
        .orElse(now)
        .plus(queueLimit(request));
  }

  private Duration queueLimit(BuildRequest request) {
    return request.limits().queue().orElse(settings.queue());
  }

  /** The builds that this one takes the place of. */
  static List<BuildId> superseded(Session session, Submission submission) throws SQLException {
    return session.all(
        "SELECT id FROM build WHERE tenant = ? AND supersede_key = ? AND ended = 0 AND id <> ?",
        row -> BuildId.parse(row.text("id")),
        submission.request().tenant(),
        submission.request().schedule().supersedeKey(),
        submission.id());
  }

  private static Set<Digest> packs(BuildRequest request) {
    var packs = new HashSet<Digest>();
    for (Context context : request.contexts().values()) {
      switch (context.source()) {
        case Source.Archive archive -> packs.add(archive.pack());
        case Source.Manifest manifest -> packs.add(manifest.pack());
        case Source.Git _, Source.Image _, Source.None _ -> {}
      }
    }
    return packs;
  }

  /** Whether values have to be kept for the build. */
  static boolean sendsValues(Submission submission) {
    return BuildSecrets.sendsValues(submission.request());
  }
}
