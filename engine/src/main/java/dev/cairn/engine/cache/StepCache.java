package dev.cairn.engine.cache;

import dev.cairn.build.BuildJob;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.engine.layer.Chain;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step records of one build: its scopes are read in their order, one is written.
 *
 * <p>A step's result is kept under its recipe key and under its content key. The record of the
 * recipe key is named by the step's text, the other by its position, so that both ways of finding
 * the nearest earlier result are open.
 */
public final class StepCache {
  private static final Logger LOG = LoggerFactory.getLogger(StepCache.class);
  private static final String RECIPE = "recipe";
  private static final String CONTENT = "content";
  private static final int MOST_CHARACTERS = 1 << 20;

  private final CacheRecords records;
  private final BuildJob job;
  private final CacheOptions options;
  private final IsolationRung minimum;

  /**
   * The cache as {@code job} may use it.
   *
   * @param minimum results of commands that were shut in less well are not taken
   */
  public StepCache(CacheRecords records, BuildJob job, IsolationRung minimum) {
    this.records = records;
    this.job = job;
    this.minimum = minimum;
    this.options = job.request().cache();
  }

  /** Whether earlier results may be taken at all. */
  public boolean reading() {
    return options.reading() && !options.read().isEmpty();
  }

  /** The scope written, as part of what running steps are shared by. */
  public Optional<CacheScope> written() {
    return options.written();
  }

  /** The chain kept under a recipe key, its blobs leased. */
  public Optional<Chain> byRecipe(Digest key) {
    return find(RECIPE, key);
  }

  /** The chain, or a movable step's own layer, kept under a content key; its blobs leased. */
  public Optional<Chain> byContent(Digest key) {
    return find(CONTENT, key);
  }

  private Optional<Chain> find(String kind, Digest key) {
    if (!reading()) {
      return Optional.empty();
    }
    return records
        .find(job.id(), options.read(), kind, key)
        .flatMap(StepCache::parsed)
        .map(StepRecord::chain)
        .filter(chain -> chain.rung().map(rung -> rung.isAtLeast(minimum)).orElse(true));
  }

  /** Whether this step has ever left a content key: if not, computing one is in vain. */
  public boolean mayHaveContent(StepName name) {
    return reading() && records.latest(options.read(), CONTENT, name.position()).isPresent();
  }

  /** The nearest earlier result of the step, for explanations only. */
  Optional<StepRecord> nearest(StepName name) {
    return records
        .latest(options.read(), RECIPE, name.text())
        .or(() -> records.latest(options.read(), CONTENT, name.position()))
        .flatMap(StepCache::parsed);
  }

  /**
   * Remembers a step.
   *
   * @param name which step
   * @param recipe its ingredients
   * @param content its content key
   * @param chain its whole chain
   * @param movable whether its layer may be put on another parent
   * @param confined whether it must not be written to a shared scope: it had a secret, a private
   *     base or a private URL
   */
  public void remember(
      StepName name,
      Ingredients recipe,
      Digest content,
      Chain chain,
      boolean movable,
      boolean confined) {
    if (options.written().isEmpty() || (confined && options.written().get().isShared())) {
      return;
    }
    CacheScope scope = options.written().get();
    Chain own = movable ? new Chain(List.of(chain.layers().getLast()), List.of()) : chain;
    var list = new ArrayList<CacheRecord>();
    list.add(record(scope, RECIPE, recipe.key(), name.text(), chain, recipe));
    list.add(record(scope, CONTENT, content, name.position(), own, recipe));
    list.removeIf(record -> record.body().length() > MOST_CHARACTERS);
    records.write(list);
  }

  private static CacheRecord record(
      CacheScope scope, String kind, Digest key, String step, Chain chain, Ingredients recipe) {
    String body = new StepRecord(chain, recipe.all()).toJson();
    return new CacheRecord(scope, kind, key, step, body, Set.copyOf(chain.blobs()), Instant.now());
  }

  private static Optional<StepRecord> parsed(CacheRecord record) {
    try {
      return Optional.of(StepRecord.parse(record.body()));
    } catch (RuntimeException e) {
      LOG.warn("a cache record of {} cannot be read and is not used", record.scope(), e);
      return Optional.empty();
    }
  }
}
