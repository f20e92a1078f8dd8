package dev.cairn.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent.Miss;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.engine.cache.Ingredient.Kind;
import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.Layer;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.MediaType;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MissExplainerTest {
  private static final CacheScope SCOPE = CacheScope.of(new TenantId("acme"), "default");
  private static final Digest DIGEST = Digest.sha256(new byte[0]);
  private static final Layer LAYER =
      new Layer(
          DIGEST,
          Descriptor.of(MediaType.OCI_CONFIG, new byte[0]),
          DIGEST,
          true,
          Optional.empty(),
          Optional.empty());

  private final Remembered records = new Remembered();

  /** Finds nothing by key, as in a miss, and the latest by name. */
  private static final class Remembered implements CacheRecords {
    private final List<CacheRecord> all = new ArrayList<>();

    @Override
    public Optional<CacheRecord> find(
        BuildId leaseTo, List<CacheScope> scopes, String kind, Digest key) {
      return Optional.empty();
    }

    @Override
    public Optional<CacheRecord> latest(List<CacheScope> scopes, String kind, String step) {
      return all.reversed().stream()
          .filter(record -> record.kind().equals(kind) && record.step().equals(step))
          .findFirst();
    }

    @Override
    public void write(List<CacheRecord> records) {
      all.addAll(records);
    }
  }

  private StepCache cache(boolean reading) {
    var options =
        new CacheOptions(
            Optional.of(SCOPE),
            List.of(SCOPE),
            reading,
            Set.of(),
            List.of(),
            List.of(),
            Optional.empty());
    var request =
        new BuildRequest(
            new TenantId("acme"),
            new Origin("test", Optional.empty(), "me", "api", Optional.empty()),
            Map.of(),
            Map.of("", Context.of(new Source.Manifest(DIGEST))),
            new Recipe.Dockerfile(
                new Recipe.DockerfileText.Inline("FROM scratch"),
                Optional.empty(),
                Map.of(),
                List.of(),
                Map.of(),
                Recipe.RunOptions.DEFAULT,
                Map.of()),
            options,
            Inputs.NONE,
            Outputs.DEFAULT,
            Limits.DEFAULT,
            Schedule.DEFAULT);
    Instant now = Instant.EPOCH;
    var id = BuildId.next(now, new SecureRandom());
    return new StepCache(
        records, new BuildJob(id, 1, request, Limits.DEFAULT, now), IsolationRung.PLAIN);
  }

  private static StepName name(String text) {
    return StepName.of("base", "0", "RUN", 1, text);
  }

  private static Ingredients ingredients(Map<Kind, String> values) {
    var all = new Ingredients.Collector();
    for (Kind kind : Kind.values()) {
      all.word(
          kind,
          "the " + kind.name().toLowerCase(java.util.Locale.ROOT),
          values.getOrDefault(kind, "same"));
    }
    return all.done();
  }

  private void built(String text) {
    var history = List.of(History.of(Optional.empty(), "RUN x", "", false));
    cache(true)
        .remember(
            name(text),
            ingredients(Map.of()),
            DIGEST,
            new Chain(List.of(LAYER), history),
            false,
            false);
  }

  private Miss explain(boolean reading, Map<Kind, String> values, Optional<Layer> layer) {
    return new MissExplainer(cache(reading), (before, now) -> List.of("src/a", "src/b"))
        .explain(name("RUN x"), ingredients(values), layer);
  }

  @ParameterizedTest
  @CsvSource({
    "FILES, files-changed, the files",
    "ARGUMENT, argument-changed, the argument",
    "PARENT, parent-changed, the parent",
    "BASE, base-changed, the base",
    "INSTRUCTION, instruction-changed, ",
    "SETTING, setting-changed, the setting",
    "MOUNT, mount-changed, the mount",
    "SOURCE, source-changed, the source",
    "PLATFORM, platform-changed, ",
  })
  void namesWhatDiffersFromTheNearestResult(Kind kind, String reason, String named) {
    built("RUN x");

    Miss miss = explain(true, Map.of(kind, "other"), Optional.empty());

    assertThat(miss.reason()).isEqualTo(reason);
    if (named != null) {
      assertThat(miss.sentence()).contains(named);
    }
  }

  @Test
  void tellsTheFilesAndNotThatALaterThingChangedToo() {
    built("RUN x");

    Miss miss =
        explain(
            true,
            Map.of(Kind.FILES, "other", Kind.PARENT, "other", Kind.ARGUMENT, "other"),
            Optional.of(LAYER));

    assertThat(miss.reason()).isEqualTo("files-changed");
    assertThat(miss.details()).containsExactly("src/a", "src/b");
  }

  @Test
  void findsTheStepThatStoodHereWhenItsWordsChanged() {
    built("RUN y");

    assertThat(explain(true, Map.of(Kind.INSTRUCTION, "other"), Optional.empty()).reason())
        .isEqualTo("instruction-changed");
  }

  @Test
  void tellsThatThereWasNothingOrThatItIsGoneOrNotAskedFor() {
    assertThat(explain(true, Map.of(), Optional.empty()).reason()).isEqualTo("never-built");
    built("RUN x");
    assertThat(explain(true, Map.of(), Optional.empty()).reason()).isEqualTo("result-gone");
    assertThat(explain(false, Map.of(), Optional.empty()).reason()).isEqualTo("cache-off");
    assertThat(MissExplainer.forced(false).reason()).isEqualTo("forced");
  }
}
