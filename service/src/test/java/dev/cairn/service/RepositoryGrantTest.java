package dev.cairn.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryGrantTest {
  @ParameterizedTest
  @CsvSource({
    "app, app, true",
    "app, app2, false",
    "app, team/app, false",
    "app, app/x, false",
    "*, app, true",
    "*, team/app, false",
    "team/*, team/app, true",
    "team/*, team, false",
    "team/*, team/app/x, false",
    "team/*, steam/app, false",
    "team/app-*, team/app-1, true",
    "team/app-*, team/app, false",
    "team/*-x, team/a-x, true",
    "a*a, a, false",
    "*/app, x/app, true",
    "team/**, team/a/b/c, true",
    "team/**, team, false",
    "**, a/b, true",
  })
  void fitsTheWholeName(String pattern, String name, boolean fits) {
    var grant = RepositoryGrant.parse(pattern + ":pull");
    assertThat(grant.allows(RepositoryAction.PULL, new RepositoryName(name))).isEqualTo(fits);
    assertThat(grant.allows(RepositoryAction.PUSH, new RepositoryName(name))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":pull",
        "App:pull",
        "a//b",
        "/a",
        "a/",
        "**/a",
        "a/**/b",
        "a**:pull",
        "*a*",
        "a:",
        "a:fly",
        "a b",
        "a:pull,"
      })
  void refusesWhatItCannotMean(String text) {
    assertThatThrownBy(() -> RepositoryGrant.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isSpelledAsItIsRead() {
    for (String text : new String[] {"team/*:pull,push", "app:pull", "**:pull,push,delete"}) {
      assertThat(RepositoryGrant.parse(text)).hasToString(text);
    }
    assertThat(RepositoryGrant.parse("app")).hasToString("app:pull");
    assertThat(RepositoryGrant.parse("acme/app").relativeTo(new TenantId("acme")))
        .hasToString("app:pull");
  }
}
