package dev.cairn.engine.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountsTest {

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/bash
      node:x:1000:1001::/home/node:/bin/sh
      broken
      nohome:x:77:78
      node:x:5:5::/second:/bin/sh
      """;
  private static final String GROUP =
      """
      # comment
      root:x:0:
      node:x:1001:
      www:x:33:node,other
      docker:x:44:other,node
      """;
  private final Accounts accounts = accounts(PASSWD, GROUP);

  // U.chown, C.chown, C.chown-unknown
  @ParameterizedTest
  @CsvSource({
    "node, 1000, 1001",
    "node:www, 1000, 33",
    ":www, 0, 33",
    "1234, 1234, 1234",
    "1234:5, 1234, 5",
    "1234:, 1234, 1234",
    "root, 0, 0",
    "nobody-knows, 0, 0",
    "nobody-knows:nor-this, 0, 0",
    "node:nor-this, 1000, 1001",
    "node:7, 1000, 7",
    "99999999999, 0, 0",
  })
  void looksUpOwnersOfNewFiles(String chown, long uid, long gid) {
    assertThat(accounts.owner(chown)).isEqualTo(new Owner(uid, gid));
  }

  // U.lookup
  @Test
  void givesNamedUserItsGroupsAndHome() throws Exception {
    assertThat(accounts.process("node"))
        .isEqualTo(new ProcessUser(1000, 1001, List.of(1001L, 33L, 44L), "/home/node"));
  }

  // U.lookup
  @Test
  void explicitGroupIsTheOnlyOne() throws Exception {
    assertThat(accounts.process("node:www"))
        .isEqualTo(new ProcessUser(1000, 33, List.of(33L), "/home/node"));
  }

  // U.lookup
  @Test
  void numbersNeedNoEntryButUseOne() throws Exception {
    assertThat(accounts.process("4242")).isEqualTo(new ProcessUser(4242, 0, List.of(0L), "/"));
    assertThat(accounts.process("1000").groups()).containsExactly(1001L, 33L, 44L);
    assertThat(accounts.process("4242:17")).isEqualTo(new ProcessUser(4242, 17, List.of(17L), "/"));
  }

  // R.home
  @Test
  void nobodyAtAllIsRoot() throws Exception {
    assertThat(accounts.process("")).isEqualTo(new ProcessUser(0, 0, List.of(0L), "/root"));
    assertThat(Accounts.NONE.process("")).isEqualTo(new ProcessUser(0, 0, List.of(0L), "/"));
  }

  // E.run-user
  @Test
  void namesThatAreMissingFailTheRun() {
    assertThatThrownBy(() -> accounts.process("ghost"))
        .isInstanceOf(UnknownUserException.class)
        .hasMessageContaining("unable to find user ghost");
    assertThatThrownBy(() -> accounts.process("node:ghosts"))
        .hasMessageContaining("unable to find group ghosts");
  }

  @Test
  void numbersThatNoProcessCanHaveFailTheRun() {
    for (String user : new String[] {"4294967294", "2147483648", "1000:2147483648"}) {
      assertThatThrownBy(() -> accounts.process(user))
          .isInstanceOf(UnknownUserException.class)
          .hasMessageContaining("0 to 2147483647");
    }
  }

  // K.chown-name
  @Test
  void knowsWhetherTheFilesMatter() {
    assertThat(Accounts.namesSomebody("1:2")).isFalse();
    assertThat(Accounts.namesSomebody("root:0")).isFalse();
    assertThat(Accounts.namesSomebody("1:www")).isTrue();
    assertThat(Accounts.namesSomebody("node")).isTrue();
  }

  // threats 21
  @Test
  void survivesHostileFiles() {
    String long1 = "x".repeat(AccountFile.LONGEST_LINE + 1) + ":x:1:1\n";
    var hostile = accounts(long1 + "::::::::::::\n\0\n:\nok:x:9:9::/h:/s", "a:b:-1:,,,\n" + long1);
    assertThat(hostile.owner("ok:a")).isEqualTo(new Owner(9, 0));
  }

  private static Accounts accounts(String passwd, String group) {
    return Accounts.of(Optional.of(bytes(passwd)), Optional.of(bytes(group)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
