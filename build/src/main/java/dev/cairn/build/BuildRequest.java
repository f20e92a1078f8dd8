package dev.cairn.build;

import java.util.Map;
import java.util.TreeMap;

/**
 * Everything a caller asks for, translated once at the edge. Behind the dialect nobody knows which
 * API it came through.
 *
 * @param tenant whose build it is, from the credential
 * @param origin where it came from
 * @param labels the caller's own marks, given back and filtered by; not the image's labels
 * @param contexts by name; {@code ""} is the main one
 * @param recipe what to do
 * @param cache how earlier results are used
 * @param inputs secrets and logins
 * @param outputs what comes of it
 * @param limits what it may take
 * @param schedule when it runs
 */
public record BuildRequest(
    TenantId tenant,
    Origin origin,
    Map<String, String> labels,
    Map<String, Context> contexts,
    Recipe recipe,
    CacheOptions cache,
    Inputs inputs,
    Outputs outputs,
    Limits limits,
    Schedule schedule) {

  public BuildRequest {
    labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
    contexts = java.util.Collections.unmodifiableMap(new TreeMap<>(contexts));
  }

  /** The same with other cache options. */
  public BuildRequest withCache(CacheOptions other) {
    return new BuildRequest(
        tenant, origin, labels, contexts, recipe, other, inputs, outputs, limits, schedule);
  }

  /** The main context; {@link Source.None} if none was given. */
  public Context mainContext() {
    return contexts.getOrDefault("", Context.of(new Source.None()));
  }
}
