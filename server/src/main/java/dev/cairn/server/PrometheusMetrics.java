package dev.cairn.server;

import dev.cairn.server.http.RequestObserver;
import dev.cairn.service.Metrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** All counts of the installation, rendered in Prometheus's text format. */
public final class PrometheusMetrics implements Metrics, RequestObserver {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
  private static final double NANOS = 1e9;
  private static final double[] BUCKETS = {
    0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Map<Measure, Counter> counters = new EnumMap<>(Measure.class);
  private final Map<Measure, Gauge> gauges = new EnumMap<>(Measure.class);
  private final Map<Measure, Histogram> histograms = new EnumMap<>(Measure.class);
  private final Counter requests;
  private final Histogram seconds;

  /** Registers every measure of the service and those of HTTP. */
  public PrometheusMetrics() {
    for (Measure measure : Measure.values()) {
      String[] labels = measure.labels().toArray(String[]::new);
      switch (measure.kind()) {
        case COUNTER ->
            counters.put(
                measure,
                Counter.builder()
                    .name(measure.metric())
                    .help(measure.help())
                    .labelNames(labels)
                    .register(registry));
        case GAUGE ->
            gauges.put(
                measure,
                Gauge.builder()
                    .name(measure.metric())
                    .help(measure.help())
                    .labelNames(labels)
                    .register(registry));
        case HISTOGRAM ->
            histograms.put(
                measure,
                Histogram.builder()
                    .name(measure.metric())
                    .help(measure.help())
                    .labelNames(labels)
                    .classicOnly()
                    .classicUpperBounds(BUCKETS)
                    .register(registry));
      }
    }
    requests =
        Counter.builder()
            .name("cairn_http_requests")
            .help("Requests by route and status.")
            .labelNames("method", "route", "status")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("cairn_http_seconds")
            .help("Time of requests by route.")
            .labelNames("method", "route")
            .classicOnly()
            .register(registry);
  }

  @Override
  public void record(Measure measure, double value, String... labels) {
    switch (measure.kind()) {
      case COUNTER -> get(counters, measure).labelValues(labels).inc(value);
      case GAUGE -> get(gauges, measure).labelValues(labels).set(value);
      case HISTOGRAM -> get(histograms, measure).labelValues(labels).observe(value);
    }
  }

  private static <T> T get(Map<Measure, T> all, Measure measure) {
    T found = all.get(measure);
    if (found == null) {
      throw new IllegalStateException(measure + " is not registered");
    }
    return found;
  }

  @Override
  public void finished(String method, String route, int status, long nanos) {
    requests.labelValues(method, route, Integer.toString(status)).inc();
    seconds.labelValues(method, route).observe(nanos / NANOS);
  }

  byte[] render() throws IOException {
    var out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toByteArray();
  }
}
