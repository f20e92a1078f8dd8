package dev.cairn.service.assembly;

import static dev.cairn.service.assembly.ServiceFixture.OTHER;
import static dev.cairn.service.assembly.ServiceFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Inputs.SecretInput;
import dev.cairn.build.RelativePath;
import dev.cairn.build.WaitReason;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.Build;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import dev.cairn.service.TenantLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CairnServiceTest {
  private static final String CANARY = "k4nar1en/vogel+9x7=&%";

  @TempDir Path directory;
  private ServiceFixture service;

  @BeforeEach
  void open() throws IOException {
    service =
        new ServiceFixture(directory, Database.SQLITE, new TenantLimits(5, 2, 1, 4, 1 << 20, 10));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private CairnService it() {
    return service.service();
  }

  private static List<String> spellings() {
    byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
    return List.of(
        CANARY,
        Base64.getEncoder().encodeToString(bytes),
        Base64.getUrlEncoder().encodeToString(bytes),
        HexFormat.of().formatHex(bytes),
        HexFormat.of().withUpperCase().formatHex(bytes),
        URLEncoder.encode(CANARY, StandardCharsets.UTF_8));
  }

  @Test
  void keepsSentSecretsOutOfTheDataDirectoryInAnySpellingAndErasesThem() throws Exception {
    service.start((job, sink) -> {
      String value =
          new String(it().secrets().value(job, "npm").orElseThrow(), StandardCharsets.UTF_8);
      assertThat(value).isEqualTo(CANARY);
      sink.event(new BuildEvent.StepStarted(1, 1, "0", "RUN " + CANARY, "Dockerfile:1"));
      for (String spelling : spellings()) {
        sink.event(new BuildEvent.Log(1, BuildEvent.Stream.STDOUT, "token " + spelling + " end"));
        // Cut over two lines, as tools wrap what is long.
        sink.event(new BuildEvent.Log(1, BuildEvent.Stream.STDERR, spelling.substring(0, 9)));
        sink.event(new BuildEvent.Log(1, BuildEvent.Stream.STDERR, spelling.substring(9)));
        sink.event(new BuildEvent.Warning("w", "see " + spelling, Optional.empty()));
      }
      throw BuildException.of(FailureKind.STEP, "step-failed")
          .sentence("the command echo " + CANARY + " failed");
    });
    it().tenantSecrets().set(TENANT, "npm", CANARY.getBytes(StandardCharsets.UTF_8));
    BuildId id = it().builds().accept(service.secret("npm", CANARY)).build().id();
    Build build = service.await(id);
    assertThat(build.state()).isEqualTo(BuildState.FAILED);
    assertThat(build.failure().orElseThrow().sentence()).doesNotContain(CANARY);
    assertThat(service.memory.resolve(id.toString())).doesNotExist();
    service.reopen(ServiceFixture.QUEUE);
    var found = new ArrayList<String>();
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        spellings().stream().filter(text::contains).forEach(s -> found.add(file + ": " + s));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void failsABuildWhoseSentSecretsAreGone() throws Exception {
    BuildId id = it().builds().accept(service.secret("npm", CANARY)).build().id();
    Files.delete(service.memory.resolve(id.toString()));
    service.start((job, sink) -> {});
    assertThat(service.await(id).failure())
        .hasValueSatisfying(failure -> {
          assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIAL);
          assertThat(failure.retryable()).isTrue();
        });
  }

  @Test
  void refusesByNameWhatSecretsCannotComeFrom() {
    var file = new SecretInput.FromSource(RelativePath.of("a/key"));
    refused(new Inputs(Map.of("npm", file), List.of()), "inputs.secrets.npm.source");
    refused(
        new Inputs(Map.of("npm", new SecretInput.FromSession("x")), List.of()),
        "inputs.secrets.npm.session");
    var login =
        new Inputs.CredentialInput(
            "registry.invalid", Set.of(Inputs.Purpose.PULL), file, Optional.empty());
    refused(
        new Inputs(Map.of(), List.of(login)), "inputs.registryCredentials.registry.invalid.source");
  }

  private void refused(Inputs inputs, String field) {
    Submission submission = service.submission(ServiceFixture.with(inputs));
    assertThatThrownBy(() -> it().builds().accept(submission))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.UNSUPPORTED))
        .hasMessageContaining(field);
  }

  private ServiceSettings upkeep(Duration interval, Optional<Long> reserve) {
    ServiceSettings usual = service.settings(ServiceFixture.QUEUE);
    return new ServiceSettings(
        usual.data(),
        usual.memory(),
        usual.postgres(),
        usual.queue(),
        usual.tenants(),
        usual.contexts(),
        usual.retention(),
        new ServiceSettings.Upkeep(interval, reserve),
        true);
  }

  @Test
  void beginsNothingBelowTheReserveOfTheDisk() throws Exception {
    BuildId id = service.accept();
    var upload = it().blobs().begin(TENANT);
    service.reopen(upkeep(Duration.ofHours(1), Optional.of(1L << 60)));
    service.start((job, sink) -> {});
    Thread.sleep(1200);
    assertThat(service.get(id).waiting())
        .hasValueSatisfying(waiting -> assertThat(waiting.reason()).isEqualTo(WaitReason.DISK));
    full(() -> service.accept());
    full(() -> it().blobs().begin(TENANT));
    full(() -> it().blobs().append(TENANT, upload.id(), 0, new ByteArrayInputStream(new byte[10])));
    full(() -> it().contexts().archive(TENANT, new ByteArrayInputStream(new byte[10])));
    try (var left = Files.list(directory.resolve("blobs/uploads"))) {
      assertThat(left).isEmpty();
    }
    service.reopen(ServiceFixture.QUEUE);
    service.start((job, sink) -> {});
    assertThat(service.await(id).state()).isEqualTo(BuildState.READY);
  }

  private static void full(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ServiceException.Kind.UNAVAILABLE);
              assertThat(e.code()).isEqualTo("disk-full");
            });
  }

  @Test
  void collectsByItself() throws Exception {
    var digest = service.blobs.put(new byte[] {1, 2, 3}).digest();
    service.clock.advance(Duration.ofHours(2));
    service.reopen(upkeep(Duration.ofMillis(50), Optional.empty()));
    service.start((job, sink) -> {});
    for (int i = 0; i < 100 && service.blobs.has(digest); i++) {
      Thread.sleep(20);
    }
    assertThat(service.blobs.has(digest)).isFalse();
  }

  @Test
  void opensItsTokensAndNothingElse() {
    var issued = it().tokens().issue(TENANT, "ci", Set.of(Right.BUILD_READ), Optional.empty());
    assertThat(it().tokens().authenticate(issued.text()))
        .hasValueSatisfying(who -> assertThat(who.tenant()).isEqualTo(TENANT));
    assertThat(it().tokens().authenticate(issued.text() + "x")).isEmpty();
    assertThat(it().tokens().revoke(OTHER, issued.token().id())).isFalse();
    assertThat(it().tokens().revoke(TENANT, issued.token().id())).isTrue();
    assertThat(it().tokens().authenticate(issued.text())).isEmpty();
  }

  @Test
  void endsTokensOfTheRegistryAfterMinutesAndNeverAfterTheirLogin() {
    Instant end = service.clock.instant().plus(Duration.ofMinutes(2));
    var forever = it().tokens().issue(TENANT, "", Set.of(Right.IMAGE_READ), Optional.empty());
    var brief = it().tokens().issue(TENANT, "", Set.of(Right.IMAGE_READ), Optional.of(end));
    var asked = List.of(RepositoryGrant.parse("app:pull,push"));
    var long5 = it().tokens().exchange(principal(forever.text()), asked);
    var long2 = it().tokens().exchange(principal(brief.text()), asked);
    assertThat(long5.grants()).hasToString("[app:pull]");
    assertThat(long2.expiresAt()).isBeforeOrEqualTo(end);
    var app = new RepositoryName("app");
    assertThat(principal(long5.text()).may(RepositoryAction.PULL, app)).isTrue();
    assertThat(principal(long5.text()).may(RepositoryAction.PUSH, app)).isFalse();
    service.clock.advance(Duration.ofMinutes(3));
    assertThat(it().tokens().authenticate(long2.text())).isEmpty();
    assertThat(it().tokens().authenticate(long5.text())).isPresent();
    service.clock.advance(Duration.ofMinutes(3));
    assertThat(it().tokens().authenticate(long5.text())).isEmpty();
  }

  private Principal principal(String text) {
    return it().tokens().authenticate(text).orElseThrow();
  }

  @Test
  void keepsTheNamesOfLoginsOutOfWhatTheirTokensOpen() {
    var hostile = new Principal(TENANT, "jwt:x\nimage:write\n**:push\ny", Set.of(Right.IMAGE_READ));
    var exchanged =
        it().tokens().exchange(hostile, List.of(RepositoryGrant.parse("app:pull,push")));
    Principal opened = principal(exchanged.text());
    assertThat(opened.rights()).containsExactly(Right.IMAGE_READ);
    assertThat(opened.tokenId()).isEqualTo(hostile.tokenId());
    assertThat(opened.may(RepositoryAction.PUSH, new RepositoryName("app"))).isFalse();
  }

  @Test
  void refusesASecondServerOnTheSameData() {
    assertThatThrownBy(() ->
            new CairnService(
                service.settings(ServiceFixture.QUEUE),
                service.blobs,
                Optional.empty(),
                service.clock,
                dev.cairn.service.Metrics.NONE))
        .hasMessageContaining("serves the data directory");
  }
}
