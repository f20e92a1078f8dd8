package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildState;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Outputs;
import dev.cairn.build.PushMemory;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.registry.Credential;
import dev.cairn.service.Builds;
import dev.cairn.service.Principal;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.Pushes;
import dev.cairn.service.RegistryLogins;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes and logins of two tenants, on any database. */
abstract class PushContract {
  private static final RepositoryName APP = new RepositoryName("app");
  private static final String PASSWORD = "pa55-canary-word";

  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), new TenantLimits(3, 2, 1, 4, 1 << 20, 2));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private CairnService it() {
    return service.service();
  }

  /** Starts the service and makes {@code app:1}; then pushes do this. */
  private void start(ServiceFixture.Push push) throws InterruptedException {
    service.start((job, sink) -> {}, push);
    image();
  }

  private void image() throws InterruptedException {
    service.await(
        service.accept(request ->
            with(request, request.labels(), request.outputs().withNames(List.of("app:1")))));
  }

  private Pushes.Accepted push(String target) {
    return push(target, Optional.empty());
  }

  private Pushes.Accepted push(String target, Optional<Pushes.SentLogin> login) {
    var manifest = it().images().resolve(ServiceFixture.TENANT, APP, new Tag("1")).orElseThrow();
    return it().pushes()
        .accept(
            new Pushes.Request(
                new Principal(ServiceFixture.TENANT, "tok_1", Right.ordinary()),
                "app:1",
                APP,
                manifest,
                new Outputs.Destination(Reference.parse(target), false),
                login));
  }

  private static Optional<Pushes.SentLogin> login(String password) {
    return Optional.of(new Pushes.SentLogin("me", password.getBytes(StandardCharsets.UTF_8)));
  }

  private Push get(PushId id) {
    return it().pushes().get(ServiceFixture.TENANT, id).orElseThrow();
  }

  private Push await(PushId id) throws InterruptedException {
    for (int n = 0; n < 3000; n++) {
      Push push = get(id);
      if (push.state().isFinal()) {
        return push;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("the push did not end: " + get(id));
  }

  @Test
  void bringsAnImageElsewhere() throws Exception {
    List<String> pushed = new CopyOnWriteArrayList<>();
    start(order -> pushed.add(order.to().reference() + " " + order.login()));

    var accepted = push("registry.test/team/app:2");

    assertThat(accepted.created()).isTrue();
    Push done = await(accepted.push().id());
    assertThat(done.state()).isEqualTo(Push.State.SUCCEEDED);
    assertThat(done.attempt()).isEqualTo(1);
    assertThat(done.times().completed()).isPresent();
    assertThat(pushed).containsExactly("registry.test/team/app:2 Optional.empty");
    assertThat(it().pushes().get(ServiceFixture.OTHER, done.id())).isEmpty();
    assertThat(it().pushes().cancel(ServiceFixture.OTHER, done.id()))
        .isEqualTo(Builds.Cancellation.UNKNOWN);
    assertThat(it().pushes().list(ServiceFixture.OTHER, Optional.empty(), 10).items()).isEmpty();
    assertThat(it().pushes().list(ServiceFixture.TENANT, Optional.empty(), 10).items())
        .containsExactly(done);
  }

  @Test
  void usesTheStoredLoginOfTheRegistryAlone() throws Exception {
    List<String> used = new CopyOnWriteArrayList<>();
    start(order -> used.add(order.login().map(PushContract::text).orElse("none")));
    store("registry.test", Optional.empty(), Set.of(Inputs.Purpose.PUSH), "whole");
    store("registry.test", Optional.of("team"), Set.of(Inputs.Purpose.PUSH), "team");

    await(push("registry.test/team/app:2").push().id());
    await(push("registry.test/teams/app:2").push().id());
    await(push("registry.test:5000/team/app:2").push().id());
    await(push("registry.test.evil.test/team/app:2").push().id());

    assertThat(used).containsExactly("me team", "me whole", "none", "none");
  }

  @Test
  void givesAPushNoLoginThatIsForPullsAlone() throws Exception {
    List<String> used = new CopyOnWriteArrayList<>();
    start(order -> used.add(order.login().map(PushContract::text).orElse("none")));
    store("registry.test", Optional.empty(), Set.of(Inputs.Purpose.PULL), "pull");

    await(push("registry.test/team/app:2").push().id());

    assertThat(used).containsExactly("none");
  }

  private RegistryLogins.Login store(
      String host, Optional<String> repository, Set<Inputs.Purpose> purposes, String password) {
    return it().logins()
        .set(
            ServiceFixture.TENANT,
            new RegistryLogins.Place(new RegistryHost(host), repository.map(RepositoryName::new)),
            purposes,
            "me",
            password.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Credential login) {
    return switch (login) {
      case Credential.Basic basic -> basic.username() + " " + basic.password();
      case Credential.AccessToken access -> access.token();
      case Credential.IdentityToken identity -> identity.token();
    };
  }

  @Test
  void keepsLoginsSealedListedWithoutPasswordsAndCounted() throws Exception {
    start(order -> {});
    store("one.test", Optional.empty(), Set.of(Inputs.Purpose.PUSH), PASSWORD);
    store("one.test", Optional.empty(), Set.of(Inputs.Purpose.PULL), PASSWORD);
    store("two.test", Optional.empty(), Set.of(Inputs.Purpose.PULL), PASSWORD);

    assertThatThrownBy(
            () -> store("three.test", Optional.empty(), Set.of(Inputs.Purpose.PULL), PASSWORD))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.QUOTA));
    assertThat(it().logins().list(ServiceFixture.TENANT)).hasSize(2);
    assertThat(it().logins().list(ServiceFixture.TENANT).toString()).doesNotContain(PASSWORD);
    assertThat(it().logins().list(ServiceFixture.OTHER)).isEmpty();
    var place = new RegistryLogins.Place(new RegistryHost("two.test"), Optional.empty());
    assertThat(it().logins().delete(ServiceFixture.OTHER, place)).isFalse();
    assertThat(it().logins().delete(ServiceFixture.TENANT, place)).isTrue();
    nothingIsKept(PASSWORD);
  }

  @Test
  void masksALoginThatARegistryEchoesAndErasesTheSentOne() throws Exception {
    start(order -> {
      throw BuildException.of(FailureKind.CREDENTIAL, "push-unauthorized")
          .sentence("it said: " + text(order.login().orElseThrow()));
    });

    Push failed = await(push("registry.test/app", login(PASSWORD)).push().id());

    assertThat(failed.state()).isEqualTo(Push.State.FAILED);
    assertThat(failed.failure().orElseThrow().sentence()).contains("it said: me ***");
    for (int n = 0; n < 1000 && Files.exists(service.memory.resolve(failed.id().value())); n++) {
      Thread.sleep(10);
    }
    assertThat(service.memory.resolve(failed.id().value())).doesNotExist();
    nothingIsKept(PASSWORD);
  }

  private void nothingIsKept(String secret) throws IOException {
    service.reopen(ServiceFixture.QUEUE);
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(secret);
      }
    }
  }

  @Test
  void answersTheSamePushWithItselfAndAnotherLoginWithAConflict() throws Exception {
    var go = new CountDownLatch(1);
    start(order -> go.await());
    PushId first = push("registry.test/app", login("one")).push().id();

    var again = push("registry.test/app", login("one"));
    assertThat(again.created()).isFalse();
    assertThat(again.push().id()).isEqualTo(first);
    for (var other : List.of(login("two"), Optional.<Pushes.SentLogin>empty())) {
      assertThatThrownBy(() -> push("registry.test/app", other))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.code()).isEqualTo("credential-conflict"));
    }
    go.countDown();
    assertThat(await(first).state()).isEqualTo(Push.State.SUCCEEDED);
    assertThat(push("registry.test/app", login("two")).created()).isTrue();
  }

  @Test
  void sendsOneAfterAnotherToARepositoryAndNoMoreThanTheQuotaWait() throws Exception {
    var go = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    start(each -> {
      order.add(each.to().reference().tag().orElseThrow().value());
      go.await();
    });
    PushId first = push("registry.test/app:1").push().id();
    while (order.isEmpty()) {
      Thread.sleep(10);
    }
    PushId second = push("registry.test/app:2").push().id();
    PushId third = push("registry.test/app:3").push().id();
    push("registry.test/app:4");
    assertThat(get(second).position()).contains(1);
    assertThatThrownBy(() -> push("registry.test/app:5"))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.QUOTA));
    assertThat(it().pushes().cancel(ServiceFixture.TENANT, third))
        .isEqualTo(Builds.Cancellation.CANCELLED);
    assertThat(order).containsExactly("1");
    go.countDown();
    await(first);
    await(second);
    assertThat(get(third).state()).isEqualTo(Push.State.CANCELLED);
    assertThat(order).startsWith("1", "2").doesNotContain("3");
  }

  @Test
  void stopsARunningPush() throws Exception {
    start(order -> Thread.sleep(60_000));
    PushId id = push("registry.test/app").push().id();
    while (get(id).state() == Push.State.QUEUED) {
      Thread.sleep(10);
    }

    assertThat(it().pushes().cancel(ServiceFixture.TENANT, id))
        .isEqualTo(Builds.Cancellation.STOPPING);

    assertThat(await(id).state()).isEqualTo(Push.State.CANCELLED);
    assertThat(it().pushes().cancel(ServiceFixture.TENANT, id))
        .isEqualTo(Builds.Cancellation.ENDED);
  }

  @Test
  void takesAPushUpAgainAfterARestartWithItsLogin() throws Exception {
    start(order -> Thread.sleep(60_000));
    PushId id = push("registry.test/app", login("one")).push().id();
    while (get(id).state() == Push.State.QUEUED) {
      Thread.sleep(10);
    }
    service.reopen(ServiceFixture.QUEUE);
    assertThat(get(id).state()).isEqualTo(Push.State.QUEUED);
    assertThat(get(id).attempt()).isZero();
    List<String> used = new CopyOnWriteArrayList<>();

    service.start(
        (job, sink) -> {}, order -> used.add(order.login().map(PushContract::text).orElse("none")));

    assertThat(await(id).state()).isEqualTo(Push.State.SUCCEEDED);
    assertThat(used).containsExactly("me one");
  }

  @Test
  void takesAPushFromTheDeadUntilItDiedTooOften() throws Exception {
    start(order -> {});
    var tried = new AtomicInteger();
    service.reopen(ServiceFixture.QUEUE);
    service.start((job, sink) -> {}, order -> tried.incrementAndGet());
    PushId id = push("registry.test/app").push().id();
    await(id);
    dead(id, 4);
    service.reopen(ServiceFixture.QUEUE);
    service.start((job, sink) -> {}, order -> tried.incrementAndGet());
    assertThat(await(id).state()).isEqualTo(Push.State.SUCCEEDED);
    assertThat(tried).hasValue(2);

    dead(id, 5);
    service.reopen(ServiceFixture.QUEUE);
    service.start((job, sink) -> {}, order -> tried.incrementAndGet());

    Push lost = await(id);
    assertThat(lost.state()).isEqualTo(Push.State.FAILED);
    assertThat(lost.failure().orElseThrow().code()).isEqualTo("push-lost");
    assertThat(tried).hasValue(2);
  }

  /** As a process that died with the push running. */
  private void dead(PushId id, int attempt) {
    service.sql(
        """
        UPDATE push SET state = 'running', ended = 0, attempt = ?, lease_owner = 'dead',
          lease_until = ?, failure = NULL, completed_at = NULL WHERE id = ?
        """,
        attempt,
        Instant.EPOCH,
        id);
  }

  @Test
  void failsAPushWhoseSentLoginIsGone() throws Exception {
    start(order -> {});
    service.reopen(ServiceFixture.QUEUE);
    // Waiting, as nothing is started.
    service.start((job, sink) -> {}, order -> Thread.sleep(60_000));
    PushId id = push("registry.test/app", login("one")).push().id();
    while (get(id).state() == Push.State.QUEUED) {
      Thread.sleep(10);
    }
    service.reopen(ServiceFixture.QUEUE);
    Files.delete(service.memory.resolve(id.value()));
    service.start((job, sink) -> {}, order -> {});

    Push failed = await(id);
    assertThat(failed.failure().orElseThrow().code()).isEqualTo("sent-login-gone");
    assertThat(failed.failure().orElseThrow().retryable()).isTrue();
  }

  @Test
  void holdsWhatItSendsUntilItHasEnded() throws Exception {
    var go = new CountDownLatch(1);
    start(order -> go.await());
    PushId id = push("registry.test/app").push().id();
    Digest image = get(id).manifest().digest();
    assertThat(it().images().deleteManifest(ServiceFixture.TENANT, APP, image)).isTrue();
    service.sql("DELETE FROM lease WHERE owner NOT LIKE 'export:%'");
    service.clock.advance(Duration.ofHours(3));
    it().collector().collect(progress -> {});
    assertThat(service.blobs.has(image)).isTrue();

    go.countDown();
    await(id);
    it().collector().collect(progress -> {});

    assertThat(service.blobs.has(image)).isFalse();
  }

  @Test
  void refusesAnImageThatIsGone() throws Exception {
    start(order -> {});
    var manifest = it().images().resolve(ServiceFixture.TENANT, APP, new Tag("1")).orElseThrow();
    it().images().deleteManifest(ServiceFixture.TENANT, APP, manifest.digest());
    for (var tenant : List.of(ServiceFixture.TENANT, ServiceFixture.OTHER)) {
      assertThatThrownBy(() ->
              it().pushes()
                  .accept(
                      new Pushes.Request(
                          new Principal(tenant, "tok_1", Right.ordinary()),
                          "app:1",
                          APP,
                          manifest,
                          new Outputs.Destination(Reference.parse("registry.test/app"), false),
                          Optional.empty())))
          .isInstanceOfSatisfying(
              ServiceException.class,
              e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.NOT_FOUND));
    }
  }

  @Test
  void remembersForEachTenantAlone() throws Exception {
    List<PushMemory> memories = new CopyOnWriteArrayList<>();
    start(order -> memories.add(order.memory()));
    await(push("registry.test/app").push().id());
    PushMemory memory = memories.getFirst();
    Reference here = Reference.parse("registry.test/app");
    Reference there = Reference.parse("registry.test/other");
    Digest blob = Digest.sha256(new byte[] {1});
    HttpUrl place =
        HttpUrl.parse("https://registry.test/v2/app/blobs/uploads/1?_state=canary-state");
    memory.seen(here, blob);
    memory.uploading(here, blob, place);

    assertThat(memory.seenLately(here, blob)).isTrue();
    assertThat(memory.seenLately(there, blob)).isFalse();
    assertThat(memory.elsewhere(there, blob)).containsExactly(new RepositoryName("app"));
    assertThat(memory.elsewhere(here, blob)).isEmpty();
    assertThat(memory.upload(here, blob)).contains(place);
    service.clock.advance(Duration.ofMinutes(11));
    assertThat(memory.seenLately(here, blob)).isFalse();
    assertThat(memory.elsewhere(there, blob)).isNotEmpty();
    service.sql("UPDATE push_upload SET tenant = 'other'");
    service.sql("UPDATE push_seen SET tenant = 'other'");
    assertThat(memory.upload(here, blob)).isEmpty();
    assertThat(memory.elsewhere(there, blob)).isEmpty();
    memory.seen(here, blob);
    memory.forget(here);
    assertThat(memory.seenLately(here, blob)).isFalse();
    nothingIsKept("canary-state");
  }

  @Test
  void sendsLayersWhileTheirBuildRunsAndTheImageWhenItHasEndedWell() throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    var layer = Descriptor.of(MediaType.OCI_LAYER, new byte[] {1});
    service.start(
        (job, sink) -> {
          sink.layerFinished(layer);
          order.add("offered " + service.offered.contains(layer));
          if (job.request().labels().containsKey("fails")) {
            throw BuildException.of(FailureKind.STEP, "step-failed").sentence("it failed");
          }
          order.add("built");
        },
        each -> order.add("image to " + each.to().reference()));

    var ready = service.await(service.accept(PushContract::toRegistry));
    assertThat(ready.state()).isEqualTo(BuildState.READY);
    assertThat(order).containsExactly("offered true", "built", "image to registry.test/app:1");

    order.clear();
    var failed = service.await(service.accept(request -> labelled(toRegistry(request), "fails")));
    assertThat(failed.state()).isEqualTo(BuildState.FAILED);
    assertThat(order).containsExactly("offered true");
  }

  private static BuildRequest toRegistry(BuildRequest request) {
    var to = new Outputs.Destination(Reference.parse("registry.test/app:1"), false);
    var usual = request.outputs();
    return with(
        request,
        request.labels(),
        new Outputs(
            List.of(to),
            usual.names(),
            usual.compression(),
            usual.provenance(),
            usual.sbom(),
            usual.annotations(),
            usual.labels(),
            usual.sourceDateEpoch(),
            usual.rewriteTimestamps(),
            usual.rootFileSystem(),
            usual.machine()));
  }

  private static BuildRequest labelled(BuildRequest request, String label) {
    return with(request, Map.of(label, ""), request.outputs());
  }

  private static BuildRequest with(
      BuildRequest request, Map<String, String> labels, Outputs outputs) {
    return new BuildRequest(
        request.tenant(),
        request.origin(),
        labels,
        request.contexts(),
        request.recipe(),
        request.cache(),
        request.inputs(),
        outputs,
        request.limits(),
        request.schedule());
  }
}
