package dev.cairn.service;

import java.util.List;

/** Where the service counts. The HTTP room renders it. */
public interface Metrics {

  /** How a measure behaves. */
  enum Kind {
    COUNTER,
    GAUGE,
    /** Seconds, in buckets. */
    HISTOGRAM
  }

  /** Everything that is measured here, with the names of its labels. */
  enum Measure {
    BUILDS_ACCEPTED(Kind.COUNTER, "cairn_builds_accepted", "Builds accepted.", "dialect"),
    BUILDS_FINISHED(Kind.COUNTER, "cairn_builds_finished", "Builds by end.", "state", "failure"),
    BUILD_SECONDS(Kind.HISTOGRAM, "cairn_build_seconds", "From start to end.", "state"),
    QUEUE_SECONDS(Kind.HISTOGRAM, "cairn_queue_seconds", "From acceptance to start."),
    QUEUE_LENGTH(Kind.GAUGE, "cairn_queue_length", "Builds that wait."),
    BUILDS_RUNNING(Kind.GAUGE, "cairn_builds_running", "Builds that run."),
    BUILDS_RECOVERED(Kind.COUNTER, "cairn_builds_recovered", "Builds whose lease died."),
    EVENTS(Kind.COUNTER, "cairn_events", "Build events written."),
    EVENT_BYTES(Kind.COUNTER, "cairn_event_bytes", "Bytes of build events written."),
    UPLOAD_BYTES(Kind.COUNTER, "cairn_upload_bytes", "Bytes received in uploads."),
    COLLECTIONS(Kind.COUNTER, "cairn_collections", "Collections by cause.", "cause"),
    COLLECTION_SECONDS(Kind.HISTOGRAM, "cairn_collection_seconds", "Time of a collection."),
    COLLECTED(Kind.COUNTER, "cairn_collected", "Things removed by collection.", "kind"),
    COLLECTED_BYTES(Kind.COUNTER, "cairn_collected_bytes", "Bytes freed by collection.", "kind"),
    BLOBS_LOST(Kind.GAUGE, "cairn_blobs_lost", "Blobs that images need and the disk lost."),
    DISK_FREE_BYTES(Kind.GAUGE, "cairn_disk_free_bytes", "Free space under the data directory."),
    STORE_COMMITS(Kind.COUNTER, "cairn_store_commits", "Commits of the database."),
    STORE_TRANSACTIONS(Kind.COUNTER, "cairn_store_transactions", "Transactions in them.");

    private final Kind kind;
    private final String metric;
    private final String help;
    private final String labels;

    Measure(Kind kind, String metric, String help, String... labels) {
      this.kind = kind;
      this.metric = metric;
      this.help = help;
      this.labels = String.join(",", labels);
    }

    /** How it behaves. */
    public Kind kind() {
      return kind;
    }

    /** Its name, without the suffix of counters. */
    public String metric() {
      return metric;
    }

    /** What it means. */
    public String help() {
      return help;
    }

    /** The names of its labels. */
    public List<String> labels() {
      return labels.isEmpty() ? List.of() : List.of(labels.split(","));
    }
  }

  /**
   * Adds to a counter, sets a gauge or observes a value, as the measure's kind says.
   *
   * @param labels the values of the measure's labels, in order
   */
  void record(Measure measure, double value, String... labels);

  /** Counts nothing. */
  Metrics NONE = (measure, value, labels) -> {};
}
