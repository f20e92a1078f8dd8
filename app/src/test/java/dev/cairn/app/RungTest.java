package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rung a server chooses, and what it refuses on a low one. */
@Tag("slow")
class RungTest {
  @TempDir Path work;

  @BeforeEach
  void needsRoot() throws Exception {
    Needed.rootAnd("runc");
  }

  private LiveServer server(String... options) throws Exception {
    return LiveServer.start(work.resolve("data"), List.of(), options);
  }

  @Test
  void doesNotStartBelowTheMinimumAndSaysWhy() {
    assertThatThrownBy(() -> server("--isolation-minimum", "micro-vm").close())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("at least micro-vm, does not work here")
        .hasMessageContaining("isolation.minimum");
    assertThatThrownBy(() -> server("--isolation-minimum", "strong").close())
        .hasMessageContaining(
            "isolation.minimum is one of plain, rootless-single-id, user-namespace");
  }

  // Threat 4: fail closed; the operator may decide otherwise, in so many words.
  @Test
  void takesSeveralTenantsOnlyWhereTheyAreKeptApart() throws Exception {
    String runtime = PlainRuntime.in(work).toString();
    Path data = work.resolve("data");
    try (var server = server("--runtime", runtime)) {
      assertThat(server.token("one")).isNotEmpty();
      var refused =
          LiveServer.run(
              new byte[0],
              List.of(),
              List.of("token", "create", "--data", data.toString(), "--tenant", "two")
                  .toArray(String[]::new));
      assertThat(refused.exitCode()).isNotZero();
      assertThat(refused.error())
          .contains("no second tenant", "no better than plain", "isolation.minimum: plain");
    }
    try (var server = server("--runtime", runtime, "--isolation-minimum", "plain")) {
      assertThat(server.token("two")).isNotEmpty();
    }
    assertThatThrownBy(() -> server("--runtime", runtime).close())
        .hasMessageContaining("this installation has 2 tenants");
    try (var server = server()) {
      assertThat(server.token("three")).isNotEmpty();
    }
  }
}
