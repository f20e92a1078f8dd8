package dev.cairn.service.push;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.Phase;
import dev.cairn.build.Publisher;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.service.Builds;
import dev.cairn.service.Page;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.Pushes;
import dev.cairn.service.ServiceException;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pushes in the database: accepting, looking, cancelling. */
public final class PushTable implements Pushes {
  /** Longer than a push lasts; those that wait longer have theirs extended. */
  static final Duration HELD = Duration.ofDays(2);

  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final SentLogins logins;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private volatile Optional<PushRunner> runner = Optional.empty();
  private volatile Optional<Publisher> publisher = Optional.empty();

  /** Pushes in this store of images in this blob store. */
  public PushTable(Store store, AuditLog audit, BlobStore blobs, SentLogins logins, Clock clock) {
    this.store = store;
    this.audit = audit;
    this.blobs = blobs;
    this.logins = logins;
    this.clock = clock;
  }

  /** From now on pushes are accepted, checked by the publisher and run by the runner. */
  public void start(Publisher checking, PushRunner running) {
    publisher = Optional.of(checking);
    runner = Optional.of(running);
    running.start();
  }

  /** Takes no more, and queues what runs again. */
  public void stop() throws InterruptedException {
    publisher = Optional.empty();
    if (runner.isPresent()) {
      runner.get().stop();
    }
  }

  @Override
  public Accepted accept(Request request) {
    try {
      return take(request);
    } finally {
      request.login().ifPresent(login -> java.util.Arrays.fill(login.password(), (byte) 0));
    }
  }

  private Accepted take(Request request) {
    try {
      publisher
          .orElseThrow(() ->
              ServiceException.of(
                  ServiceException.Kind.UNAVAILABLE,
                  "shutting-down",
                  "the server takes no pushes now",
                  "send the request again in a moment"))
          .check(request.to());
    } catch (BuildException e) {
      throw ServiceException.invalid(
          e.code(),
          "target: " + e.getMessage(),
          e.toFailure(Phase.PUBLISH, 1, PushClaims.ATTEMPTS).remedy());
    }
    var manifest = request.manifest();
    var contents =
        PushContents.of(
            blobs, Descriptor.of(manifest.mediaType(), manifest.digest(), manifest.size()));
    var id = new PushId(BuildId.next(clock.instant(), random).toString());
    // Before the row, so that whoever reads it finds the login.
    request.login().ifPresent(login -> logins.put(id, login));
    boolean created = false;
    try {
      PushId taken =
          audit.write(
              Deed.of(Action.PUSH_ACCEPTED, request.caller().tenant(), id),
              session -> insert(session, request, id, contents),
              found -> found.equals(id) ? "done" : "repeated as " + found);
      created = taken.equals(id);
      runner.ifPresent(PushRunner::wake);
      return new Accepted(get(request.caller().tenant(), taken).orElseThrow(), created);
    } finally {
      if (!created) {
        logins.erase(id);
      }
    }
  }

  private PushId insert(Session session, Request request, PushId id, PushContents contents)
      throws SQLException {
    TenantId tenant = request.caller().tenant();
    Instant now = clock.instant();
    int most = TenantTable.lock(session, tenant).queued();
    Reference target = request.to().reference().orLatest();
    Optional<PushId> same = same(session, request, target);
    if (same.isPresent()) {
      return same.get();
    }
    if (session.count(
            "SELECT count(*) AS n FROM push WHERE tenant = ? AND ended = 0 AND state = 'queued'",
            tenant)
        >= most) {
      throw ServiceException.of(
          ServiceException.Kind.QUOTA,
          "pushes-quota",
          "the tenant has " + most + " pushes waiting, as many as it may",
          "wait for them or cancel some");
    }
    boolean here =
        session.exists(
            "SELECT 1 FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
            tenant,
            request.repository(),
            request.manifest().digest());
    for (Digest blob : contents.blobs().stream().sorted().toList()) {
      here = here && BlobRights.lease(session, PushRows.holder(id), blob, now, HELD);
    }
    if (!here) {
      throw ServiceException.notFound("image");
    }
    session.update(
        """
        INSERT INTO push (id, tenant, actor, image, digest, media_type, size, target, place,
          insecure, sends_login, state, created_at, layers, bytes, progress)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)
        """,
        id,
        tenant,
        request.caller().tokenId(),
        request.image(),
        request.manifest().digest(),
        request.manifest().mediaType(),
        request.manifest().size(),
        target,
        target.name(),
        request.to().insecure(),
        request.login().isPresent(),
        now,
        contents.layers().size(),
        contents.bytes(),
        ModelJson.write(Push.Progress.NONE));
    return id;
  }

  /** The same push under way; a caller that did not hear the answer asks again. */
  private Optional<PushId> same(Session session, Request request, Reference target)
      throws SQLException {
    Optional<PushId> same =
        session.one(
            """
            SELECT id FROM push
            WHERE tenant = ? AND ended = 0 AND cancel_at IS NULL AND digest = ? AND target = ?
            ORDER BY id DESC LIMIT 1
            """,
            row -> new PushId(row.text("id")),
            request.caller().tenant(),
            request.manifest().digest(),
            target);
    if (same.isPresent() && !logins.same(same.get(), request.login())) {
      throw ServiceException.of(
          ServiceException.Kind.CONFLICT,
          "credential-conflict",
          "the push " + same.get() + " brings this image there with another login",
          "wait until it has ended, or cancel it");
    }
    return same;
  }

  @Override
  public Optional<Push> get(TenantId tenant, PushId id) {
    return store.read(session -> {
      Optional<Push> found = PushRows.find(session, tenant, id);
      return found.isEmpty() ? found : Optional.of(PushRows.placed(session, found.get()));
    });
  }

  @Override
  public Page<Push> list(TenantId tenant, Optional<String> after, int most) {
    return store.read(session -> {
      var rows =
          session.all(
              "SELECT * FROM push WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
              PushRows::push,
              tenant,
              after.orElse("g"),
              most + 1);
      List<Push> page = new ArrayList<>();
      for (Push row : rows.subList(0, Math.min(most, rows.size()))) {
        page.add(PushRows.placed(session, row));
      }
      return new Page<>(
          page, rows.size() > most ? Optional.of(page.getLast().id().value()) : Optional.empty());
    });
  }

  @Override
  public Builds.Cancellation cancel(TenantId tenant, PushId id) {
    Builds.Cancellation done =
        audit.write(
            Deed.of(Action.PUSH_CANCELLED, tenant, id),
            session -> {
              Optional<Push> found = PushRows.find(session, tenant, id);
              if (found.isEmpty()) {
                return Builds.Cancellation.UNKNOWN;
              }
              if (found.get().state().isFinal()) {
                return Builds.Cancellation.ENDED;
              }
              Instant now = clock.instant();
              session.update(
                  "UPDATE push SET cancel_at = COALESCE(cancel_at, ?) WHERE id = ?", now, id);
              return found.get().state() == Push.State.QUEUED
                      && PushRows.end(
                          session,
                          id,
                          Optional.empty(),
                          Push.State.CANCELLED,
                          Optional.empty(),
                          now)
                  ? Builds.Cancellation.CANCELLED
                  : Builds.Cancellation.STOPPING;
            },
            told ->
                told == Builds.Cancellation.CANCELLED || told == Builds.Cancellation.STOPPING
                    ? "done"
                    : "nothing");
    switch (done) {
      case CANCELLED -> logins.erase(id);
      case STOPPING -> runner.ifPresent(running -> running.cancel(id));
      case ENDED, UNKNOWN -> {}
    }
    return done;
  }
}
