package dev.cairn.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.Recipe;
import dev.cairn.build.StepReach;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.cache.Ingredient;
import dev.cairn.engine.cache.Ingredients;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.run.CommandNetwork;
import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.network.AllowedAddress;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeysTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Digest PARENT = Digest.sha256(new byte[] {1});

  private static final CommandGround GROUND = ground(CommandNetwork.PUBLIC);

  private static RunOperation run(
      List<String> argv, String user, List<String> environment, List<StepMount> mounts) {
    return run(argv, user, environment, mounts, Recipe.RunOptions.DEFAULT);
  }

  private static RunOperation run(
      List<String> argv,
      String user,
      List<String> environment,
      List<StepMount> mounts,
      Recipe.RunOptions options) {
    return new RunOperation(
        argv,
        Optional.empty(),
        "/",
        user,
        environment,
        List.of(),
        mounts,
        StepReach.EGRESS,
        options,
        Leave.NONE);
  }

  private static RunOperation with(Leave leave) {
    return new RunOperation(
        List.of("/bin/sh", "-c", "make"),
        Optional.empty(),
        "/",
        "",
        List.of("A=1"),
        List.of(),
        List.of(),
        StepReach.EGRESS,
        Recipe.RunOptions.DEFAULT,
        leave);
  }

  private static RunOperation run(StepMount... mounts) {
    return run(List.of("/bin/sh", "-c", "make"), "", List.of("A=1"), List.of(mounts));
  }

  private static Digest key(RunOperation run) {
    return Keys.run(AMD64, PARENT, "FROM base", run, GROUND).key();
  }

  private static StepMount cache(String id, String target, Mount.Sharing sharing) {
    return mount(
        new Mount.Cache(
            id, target, sharing, false, Optional.empty(), "", new Mount.Owner(0755, 0, 0)));
  }

  private static StepMount mount(Mount mount) {
    return new StepMount(mount, Optional.empty());
  }

  /** Whoever changes this changes every installation's keys: raise the version with it. */
  @Test
  void holdsTheseIngredientsInThisOrder() {
    var ingredients =
        Keys.run(AMD64, PARENT, "FROM base", run(cache("c", "/c", Mount.Sharing.SHARED)), GROUND);

    assertThat(ingredients.all())
        .extracting(each -> each.kind() + " " + each.name())
        .containsExactly(
            "VERSION keys",
            "PLATFORM platform",
            "INSTRUCTION command",
            "SETTING directory",
            "SETTING user",
            "SETTING order of the environment",
            "ARGUMENT A",
            "MOUNT /c",
            "SETTING network",
            "SETTING security",
            "SETTING host name",
            "SETTING added hosts",
            "SETTING ulimits",
            "SETTING shared memory",
            "PARENT FROM base");
    Ingredients copy =
        Keys.copy(
            AMD64,
            PARENT,
            "FROM base",
            CopyOperation.of("a", "/b"),
            new StepMount.Origin.Nothing(),
            Optional.of(PARENT));
    assertThat(
            List.of(
                ingredients.key().hex(),
                Keys.scratch(AMD64).key().hex(),
                Keys.directory(AMD64, PARENT, "FROM base", "/w", "app").key().hex(),
                copy.key().hex()))
        .containsExactly(
            "3db88b5505c9fd0beed5c5815879021b38b5c2db431188782b93202aa88d4395",
            "ad36321ab1c66eda017fd5224005975f481b3b53f7617bc1d1e1770d39092d5a",
            "c6572e83685f80c7192ea926c3697ceeaeae2c32c462568b4e948f50d62a9aa0",
            "721328af8a405acf04a27dcb4d56a273ce8eba0e93d7f2ea462dcc10bad9528c");
  }

  // K.run, K.env, K.arg
  @Test
  void differsWithWhateverMakesAnotherResult() {
    var all = new ArrayList<RunOperation>();
    all.add(run());
    all.add(run(List.of("/bin/sh", "-c", "make "), "", List.of("A=1"), List.of()));
    all.add(run(List.of("/bin/sh", "-c make"), "", List.of("A=1"), List.of()));
    all.add(run(List.of("/bin/sh", "-c", "make"), "app", List.of("A=1"), List.of()));
    all.add(run(List.of("/bin/sh", "-c", "make"), "", List.of("A=2"), List.of()));
    all.add(run(List.of("/bin/sh", "-c", "make"), "", List.of("A=1", "B=2"), List.of()));
    all.add(run(List.of("/bin/sh", "-c", "make"), "", List.of("B=2", "A=1"), List.of()));
    all.add(run(mount(new Mount.Tmpfs("/t", OptionalLong.empty(), false))));
    all.add(run(cache("c", "/c", Mount.Sharing.SHARED)));
    all.add(run(secret("token", "/run/secrets/token")));
    all.add(run(secret("other", "/run/secrets/token")));
    all.add(with(new Leave(true, false, List.of())));
    all.add(with(new Leave(false, true, List.of())));
    all.add(with(new Leave(false, false, List.of("gpu"))));
    for (var options :
        List.of(
            new Recipe.RunOptions(
                Map.of("h", "1.1.1.1"), Map.of(), Optional.empty(), Optional.empty()),
            new Recipe.RunOptions(
                Map.of(),
                Map.of("nofile", new Recipe.Ulimit(1, 2)),
                Optional.empty(),
                Optional.empty()),
            new Recipe.RunOptions(Map.of(), Map.of(), Optional.of(1L << 20), Optional.empty()),
            new Recipe.RunOptions(Map.of(), Map.of(), Optional.empty(), Optional.of("name")))) {
      all.add(run(List.of("/bin/sh", "-c", "make"), "", List.of("A=1"), List.of(), options));
    }

    var keys = new HashSet<Digest>();
    all.forEach(run -> keys.add(key(run)));
    keys.add(Keys.run(Platform.parse("linux/arm64"), PARENT, "FROM base", run(), GROUND).key());
    keys.add(Keys.run(AMD64, Digest.sha256(new byte[] {2}), "FROM base", run(), GROUND).key());

    assertThat(keys).hasSize(all.size() + 2);
  }

  private static StepMount secret(String id, String target) {
    return mount(
        new Mount.Secret(
            id, Optional.of(target), Optional.empty(), true, new Mount.Owner(0400, 0, 0)));
  }

  // K.mount, R.extra-hosts, K.proxy
  @Test
  void leavesOutWhatDoesNot() {
    assertThat(key(run(cache("one", "/c", Mount.Sharing.SHARED))))
        .isEqualTo(key(run(cache("two", "/c", Mount.Sharing.LOCKED))));
    var here =
        new Recipe.RunOptions(Map.of("h", "1.1.1.1"), Map.of(), Optional.empty(), Optional.empty());
    var there =
        new Recipe.RunOptions(Map.of("h", "2.2.2.2"), Map.of(), Optional.empty(), Optional.empty());
    assertThat(key(run(List.of("x"), "", List.of(), List.of(), here)))
        .isEqualTo(key(run(List.of("x"), "", List.of(), List.of(), there)));
    var proxied =
        new RunOperation(
            List.of("x"),
            Optional.empty(),
            "/",
            "",
            List.of(),
            List.of("http_proxy=http://p"),
            List.of(),
            StepReach.EGRESS,
            here,
            Leave.NONE);
    assertThat(key(proxied)).isEqualTo(key(run(List.of("x"), "", List.of(), List.of(), here)));
  }

  @Test
  void tellsEveryNetworkFromEveryOther() {
    var keys =
        Stream.of(
                StepReach.EGRESS,
                StepReach.NONE,
                StepReach.ISOLATED,
                StepReach.listed(List.of("a.example")),
                StepReach.listed(List.of("a.example", "b.example")))
            .map(reach ->
                key(
                    new RunOperation(
                        List.of("x"),
                        Optional.empty(),
                        "/",
                        "",
                        List.of(),
                        List.of(),
                        List.of(),
                        reach,
                        Recipe.RunOptions.DEFAULT,
                        Leave.NONE)))
            .toList();

    assertThat(keys).doesNotHaveDuplicates();
    assertThat(key(run(List.of("x"), "", List.of(), List.of()))).isEqualTo(keys.getFirst());
  }

  @Test
  void keepsNoValueOfTheEnvironment() {
    var ingredients =
        Keys.run(
            AMD64,
            PARENT,
            "FROM base",
            run(List.of("x"), "", List.of("TOKEN=hush"), List.of()),
            GROUND);

    assertThat(ingredients.all().toString()).contains("TOKEN").doesNotContain("hush");
  }

  // K.content
  @Test
  void contentKeyForgetsWhichStepsMadeTheFiles() {
    Digest tree = Digest.sha256(new byte[] {9});
    Ingredients one = Keys.run(AMD64, PARENT, "RUN one", run(), GROUND);
    Ingredients two = Keys.run(AMD64, Digest.sha256(new byte[] {3}), "RUN two", run(), GROUND);

    assertThat(one.key()).isNotEqualTo(two.key());
    assertThat(Keys.content(one, tree, Map.of())).isEqualTo(Keys.content(two, tree, Map.of()));
    assertThat(Keys.content(one, tree, Map.of())).isNotEqualTo(Keys.content(one, PARENT, Map.of()));
  }

  @Test
  void fieldsDoNotRunTogether() {
    var kind = Ingredient.Kind.SETTING;
    assertThat(new Ingredients.Collector().word(kind, "a", "bc").done().key())
        .isNotEqualTo(new Ingredients.Collector().word(kind, "ab", "c").done().key());
  }

  // A chown that did nothing must never be taken for one that did.
  @Test
  void resultsOfPretendedOwnersHaveKeysOfTheirOwn() {
    var real = Keys.run(AMD64, PARENT, "FROM base", run(), GROUND);
    var pretended =
        Keys.run(AMD64, PARENT, "FROM base", run(), new CommandGround(true, GROUND.reach()));

    assertThat(pretended.key()).isNotEqualTo(real.key());
    assertThat(real.key()).isEqualTo(key(run()));
    assertThat(Keys.content(pretended, PARENT, Map.of()))
        .isNotEqualTo(Keys.content(real, PARENT, Map.of()));
  }

  // What came through a wide network must not stand for what a narrow one would have given.
  @Test
  void whatTheOperatorGivesToReachIsPartOfTheNetwork() {
    var mirror = AllowedAddress.parse("10.0.0.5:3142");
    var name = NamePattern.parse("deb.debian.org");
    var isolated = filtered(CommandNetwork.Reach.LISTED, List.of(mirror), List.of(name));
    var isolatedOtherwise = filtered(CommandNetwork.Reach.LISTED, List.of(), List.of(name));
    var withMirror = filtered(CommandNetwork.Reach.PUBLIC, List.of(mirror), List.of(name));
    List<StepReach> asked =
        List.of(
            StepReach.EGRESS,
            StepReach.listed(List.of("pypi.org")),
            StepReach.NONE,
            StepReach.ISOLATED);

    assertThat(reach(CommandNetwork.PUBLIC, asked))
        .containsExactly("default", "listed pypi.org", "none", "isolated");
    assertThat(reach(withMirror, asked))
        .containsExactly(
            "default", "listed pypi.org", "none", "isolated 10.0.0.5/32:3142 deb.debian.org");
    assertThat(reach(isolated, asked))
        .containsExactly(
            "isolated 10.0.0.5/32:3142 deb.debian.org",
            "listed pypi.org of isolated 10.0.0.5/32:3142 deb.debian.org",
            "none",
            "isolated 10.0.0.5/32:3142 deb.debian.org");
    assertThat(CommandNetwork.reach(isolatedOtherwise, StepReach.EGRESS))
        .isEqualTo("isolated deb.debian.org");
    assertThat(reach(new CommandNetwork.Nothing(), asked)).containsOnly("none");
    assertThat(reach(new CommandNetwork.Host(), asked).distinct()).hasSize(4);
    assertThat(keyWhere(isolated)).isNotEqualTo(keyWhere(CommandNetwork.PUBLIC));
    assertThat(keyWhere(withMirror)).isEqualTo(keyWhere(CommandNetwork.PUBLIC));
  }

  private static Stream<String> reach(CommandNetwork given, List<StepReach> asked) {
    return asked.stream().map(each -> CommandNetwork.reach(given, each));
  }

  private static CommandGround ground(CommandNetwork given) {
    return new CommandGround(false, asked -> CommandNetwork.reach(given, asked));
  }

  private static CommandNetwork filtered(
      CommandNetwork.Reach reach, List<AllowedAddress> addresses, List<NamePattern> names) {
    return new CommandNetwork.Filtered(reach, addresses, names, Optional.empty());
  }

  private static Digest keyWhere(CommandNetwork network) {
    return Keys.run(AMD64, PARENT, "FROM base", run(), ground(network)).key();
  }
}
