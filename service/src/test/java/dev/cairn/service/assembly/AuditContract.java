package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildState;
import dev.cairn.service.Actor;
import dev.cairn.service.Audit;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.audit.AuditAnchor;
import dev.cairn.service.audit.AuditSettings;
import dev.cairn.service.audit.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threat 22: what the audit log tells, and that nobody changes it unnoticed. */
abstract class AuditContract {
  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), new TenantLimits(5, 2, 1, 4, 1 << 20, 2));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private Audit audit() {
    return service.service().audit();
  }

  private void secrets(int number) {
    for (int i = 0; i < number; i++) {
      service.service().tenantSecrets().set(ServiceFixture.TENANT, "a", new byte[] {1});
    }
  }

  private Optional<String> fault(Map<Long, String> anchors) {
    return fault(1, anchors);
  }

  private Optional<String> fault(long begin, Map<Long, String> anchors) {
    var verification = new Verification(begin, anchors);
    Audit.Head head = audit().head();
    List<Audit.Entry> entries = audit().from(begin, 3);
    // In small steps, as a reader of a long log does.
    while (!entries.isEmpty() && verification.take(entries)) {
      entries = audit().from(verification.last().number() + 1, 3);
    }
    return verification.end(head);
  }

  private List<String> told() {
    return audit().from(1, 1000).stream()
        .map(e ->
            e.tenant() + " " + e.token() + " " + e.action() + " " + e.object() + " " + e.outcome())
        .toList();
  }

  @Test
  void tellsWhoDidWhatWithWhatOutcome() throws Exception {
    var it = service.service();
    new Actor("tok_9", "req-1", "192.0.2.1")
        .call(() ->
            it.tenantSecrets()
                .set(ServiceFixture.TENANT, "npm", "hush".getBytes(StandardCharsets.UTF_8)));
    it.tenantSecrets().set(ServiceFixture.TENANT, "b", new byte[] {1});
    assertThatThrownBy(() -> it.tenantSecrets().set(ServiceFixture.TENANT, "c", new byte[] {1}))
        .isInstanceOf(ServiceException.class);
    assertThat(it.tenantSecrets().delete(ServiceFixture.OTHER, "npm")).isFalse();
    assertThat(told())
        .containsExactly(
            ServiceFixture.TENANT + " cairn tenant.created " + ServiceFixture.TENANT + " done",
            ServiceFixture.OTHER + " cairn tenant.created " + ServiceFixture.OTHER + " done",
            ServiceFixture.TENANT + " tok_9 secret.set npm done",
            ServiceFixture.TENANT + " cairn secret.set b done",
            ServiceFixture.TENANT + " cairn secret.set c refused secrets-quota",
            ServiceFixture.OTHER + " cairn secret.removed npm nothing");
    assertThat(audit().from(3, 1).getFirst().request()).isEqualTo("req-1");
    assertThat(audit().from(1, 1000).toString()).doesNotContain("hush");
    assertThat(fault(Map.of())).isEmpty();
  }

  @Test
  void tellsWhichTagsABuildMoved() throws Exception {
    service.start((job, sink) -> {});
    var id = service.accept();
    assertThat(service.await(id).state()).isEqualTo(BuildState.READY);
    assertThat(told().getLast())
        .startsWith(ServiceFixture.TENANT + " build:" + id + " image.tagged builds/" + id);
    assertThat(told()).contains(ServiceFixture.TENANT + " tok_1 build.accepted " + id + " done");
  }

  @Test
  void keepsOneChainHoweverManyWriteAtOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        threads.execute(() -> secrets(2));
      }
    }
    assertThat(audit().head().number()).isEqualTo(102);
    assertThat(fault(Map.of())).isEmpty();
    service.reopen(ServiceFixture.QUEUE);
    secrets(1);
    assertThat(audit().head().number()).isEqualTo(103);
    assertThat(fault(Map.of())).isEmpty();
  }

  @Test
  void noticesAnEntryThatWasChanged() {
    secrets(6);
    for (String column : List.of("tenant", "token", "request", "action", "object", "outcome")) {
      service.sql("UPDATE audit_entry SET " + column + " = " + column + " || 'x' WHERE number = 4");
      assertThat(fault(Map.of()))
          .as(column)
          .hasValueSatisfying(f -> assertThat(f).contains("entry 4 was changed"));
      service.sql(
          "UPDATE audit_entry SET "
              + column
              + " = substr("
              + column
              + ", 1, length("
              + column
              + ") - 1) WHERE number = 4");
      assertThat(fault(Map.of())).as(column).isEmpty();
    }
    service.sql("UPDATE audit_entry SET at = at + 1 WHERE number = 4");
    assertThat(fault(Map.of())).isPresent();
  }

  @Test
  void noticesEntriesThatWereRemovedReorderedOrCutOff() {
    secrets(6);
    Audit.Head head = audit().head();
    assertThat(head.number()).isEqualTo(8);
    Map<Long, String> anchor = Map.of(head.number(), head.hash());
    service.sql("DELETE FROM audit_entry WHERE number = 8");
    assertThat(fault(Map.of())).hasValue("the end was cut off: entries 8 to 8 are missing");
    // The log's own note of its end goes with it: only what was kept apart tells.
    String seventh = audit().from(7, 1).getFirst().hash();
    service.sql("UPDATE audit_head SET number = 7, hash = ? WHERE name = 'last'", seventh);
    assertThat(fault(Map.of())).isEmpty();
    assertThat(fault(anchor))
        .hasValueSatisfying(f -> assertThat(f).contains("cut off: entries 8 to 8"));
    // Another eighth entry in its place.
    secrets(1);
    assertThat(fault(Map.of())).isEmpty();
    assertThat(fault(anchor))
        .hasValueSatisfying(f -> assertThat(f).startsWith("entry 8 is not the one"));
    service.sql("UPDATE audit_entry SET number = 100 WHERE number = 5");
    assertThat(fault(Map.of())).hasValue("entry 5 was removed");
    service.sql("UPDATE audit_entry SET number = 5 WHERE number = 6");
    service.sql("UPDATE audit_entry SET number = 6 WHERE number = 100");
    assertThat(fault(Map.of()))
        .hasValueSatisfying(f -> assertThat(f).startsWith("entry 5 was changed, or stands where"));
  }

  @Test
  void anchorsItsEndOutsideTheDatabase() throws Exception {
    secrets(3);
    service.reopen(ServiceFixture.QUEUE);
    Path file = directory.resolve("data/audit.anchor");
    Audit.Head head = audit().head();
    assertThat(AuditAnchor.read(file)).containsEntry(head.number(), head.hash());
    Path apart = directory.resolve("apart");
    service.reopen(settings(Optional.of(apart), 1_000_000));
    secrets(1);
    service.reopen(ServiceFixture.QUEUE);
    assertThat(AuditAnchor.read(apart)).containsKey(head.number() + 1);
    assertThat(fault(AuditAnchor.read(apart))).isEmpty();
  }

  private ServiceSettings settings(Optional<Path> anchor, int entries) {
    ServiceSettings usual = service.settings(ServiceFixture.QUEUE);
    return new ServiceSettings(
        usual.data(),
        usual.memory(),
        usual.postgres(),
        usual.queue(),
        usual.tenants(),
        usual.contexts(),
        usual.retention(),
        new ServiceSettings.Upkeep(
            Duration.ofHours(1),
            Optional.empty(),
            Optional.empty(),
            new AuditSettings(anchor, entries)),
        true);
  }

  @Test
  void movesOldEntriesToFilesWithoutBreakingTheChain() throws Exception {
    secrets(20);
    Path leftover = directory.resolve("data/audit/000000000000001.jsonl");
    Files.writeString(leftover, "what a killed process left\n");
    service.service().audit().file(5, 4);
    assertThat(leftover).content().contains("tenant.created");
    assertThat(audit().from(1, 1000)).hasSize((int) audit().head().number());
    assertThat(fault(Map.of())).isEmpty();
    assertThat(told().getLast()).contains("audit.filed");
    // What is found in files and rows is one log.
    var found = new ArrayList<Audit.Entry>();
    long before = Long.MAX_VALUE;
    while (true) {
      var page =
          audit()
              .find(
                  new Audit.Filter(
                      Optional.of(ServiceFixture.TENANT.value()),
                      Optional.empty(),
                      Optional.of("secret."),
                      Optional.of("a"),
                      Optional.empty(),
                      Optional.empty()),
                  before,
                  3);
      found.addAll(page);
      if (page.size() < 3) {
        break;
      }
      before = page.getLast().number();
    }
    assertThat(found).hasSize(20);
    assertThat(found.getFirst().number()).isEqualTo(22);
    // A file that was changed, and one that was taken away.
    Path second = directory.resolve("data/audit/000000000000005.jsonl");
    String text = Files.readString(second);
    Files.writeString(second, text.replaceFirst("\"token\":\"cairn\"", "\"token\":\"tok_1\""));
    assertThat(fault(Map.of()))
        .hasValueSatisfying(f -> assertThat(f).startsWith("entry 5 was changed"));
    Files.writeString(second, text);
    Files.delete(leftover);
    assertThat(fault(Map.of())).hasValue("entries 1 to 4 were removed");
    assertThat(fault(5, Map.of())).isEmpty();
  }

  @Test
  void notesRefusedLoginsWithoutBeingFlooded() {
    long before = audit().head().number();
    var tokens = service.service().tokens();
    for (int i = 0; i < 500; i++) {
      new Actor("", "r" + i, "192.0.2.7").call(() -> tokens.authenticate("cairn_guess"));
    }
    assertThat(audit().head().number()).isEqualTo(before + 1);
    service.clock.advance(Duration.ofMinutes(2));
    new Actor("", "later", "192.0.2.8").call(() -> tokens.authenticate("cairn_guess"));
    assertThat(told().subList((int) before, told().size()))
        .containsExactly(
            "  login.refused 192.0.2.7 refused",
            "  login.refused 192.0.2.7 refused 499 times more",
            "  login.refused 192.0.2.8 refused");
    assertThat(audit().from(1, 1000).toString()).doesNotContain("cairn_guess");
    // From many addresses.
    before = audit().head().number();
    for (int i = 0; i < 600; i++) {
      new Actor("", "", "10.0." + i / 200 + "." + i % 200)
          .call(() -> tokens.authenticate("cairn_guess"));
    }
    assertThat(audit().head().number() - before).isLessThan(300);
  }

  @Test
  void leavesNoEntryWithoutItsDeedAndNoDeedWithoutItsEntry() {
    var issued =
        service
            .service()
            .tokens()
            .issue(ServiceFixture.TENANT, "ci", Set.of(Right.BUILD_READ), Optional.empty());
    // The entry cannot be written: its number is taken.
    long next = audit().head().number() + 1;
    service.sql("INSERT INTO audit_entry VALUES (" + next + ", 0, '', '', '', '', '', '', '')");
    assertThatThrownBy(
            () -> service.service().tokens().revoke(ServiceFixture.TENANT, issued.token().id()))
        .isInstanceOf(RuntimeException.class);
    assertThat(service.service().tokens().authenticate(issued.text())).isPresent();
  }
}
