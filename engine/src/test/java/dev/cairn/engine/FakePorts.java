package dev.cairn.engine;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Phase;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Secrets;
import dev.cairn.build.Sources;
import dev.cairn.build.TenantId;
import dev.cairn.content.FileTree;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The engine's ports in memory. */
final class FakePorts {
  final Records records = new Records();
  final Map<String, String> secretValues = new ConcurrentHashMap<>();
  final Map<String, FileTree> trees = new ConcurrentHashMap<>();
  final Map<String, Digest> images = new ConcurrentHashMap<>();

  EnginePorts ports() {
    return new EnginePorts(
        sources(),
        secrets(),
        (job, host, repository, purpose) -> Optional.empty(),
        records,
        new Leases(),
        (job, reference) -> Optional.ofNullable(images.get(reference.repository().value())));
  }

  private Sources sources() {
    return (job, context, sink) -> opened(context);
  }

  private Sources.OpenSource opened(Context context) {
    FileTree tree = trees.get(context.source().toString());
    if (tree == null) {
      throw new IllegalStateException("no source " + context.source());
    }
    return new Sources.OpenSource() {
      @Override
      public FileTree files() {
        return tree;
      }

      @Override
      public Digest identity() {
        return dev.cairn.engine.layer.TreeDigest.of(tree, "");
      }

      @Override
      public void close() {}
    };
  }

  private Secrets secrets() {
    return new Secrets() {
      @Override
      public Optional<byte[]> value(BuildJob job, String id) {
        return Optional.ofNullable(secretValues.get(id))
            .map(value -> value.getBytes(StandardCharsets.UTF_8));
      }

      @Override
      public byte[] open(BuildJob job, SealedBytes sealed) {
        throw new IllegalStateException("nothing is sealed here");
      }

      @Override
      public String version(BuildJob job, String id) {
        return String.valueOf(secretValues.getOrDefault(id, "").hashCode());
      }
    };
  }

  /** Records by scope, kind and key. */
  static final class Records implements CacheRecords {
    private final Map<String, CacheRecord> byKey = new LinkedHashMap<>();

    @Override
    public synchronized Optional<CacheRecord> find(
        BuildId leaseTo, List<CacheScope> scopes, String kind, Digest key) {
      return scopes.stream()
          .flatMap(scope -> Optional.ofNullable(byKey.get(name(scope, kind, key))).stream())
          .findFirst();
    }

    @Override
    public synchronized Optional<CacheRecord> latest(
        List<CacheScope> scopes, String kind, String step) {
      return byKey.values().stream()
          .filter(r -> scopes.contains(r.scope()) && r.kind().equals(kind))
          .filter(r -> r.step().equals(step))
          .reduce((first, second) -> second);
    }

    @Override
    public synchronized void write(List<CacheRecord> records) {
      for (CacheRecord record : records) {
        String name = name(record.scope(), record.kind(), record.key());
        byKey.remove(name);
        byKey.put(name, record);
      }
    }

    /** The bodies of all records of a scope. */
    synchronized List<String> bodies(CacheScope scope) {
      return byKey.values().stream()
          .filter(record -> record.scope().equals(scope))
          .map(CacheRecord::body)
          .toList();
    }

    /** Forgets whole builds, so that steps are looked up one by one. */
    synchronized void forgetBuilds() {
      byKey.keySet().removeIf(name -> name.contains(" build "));
    }

    private static String name(CacheScope scope, String kind, Digest key) {
      return scope + " " + kind + " " + key;
    }
  }

  private static final class Leases implements BlobLeases {
    @Override
    public void lease(BuildId build, Collection<Digest> blobs) {}

    @Override
    public void grant(TenantId tenant, Collection<Digest> blobs) {}

    @Override
    public void grantPublic(Collection<Digest> blobs) {}
  }

  /** Keeps what it hears. */
  static final class Heard implements BuildSink {
    final List<BuildEvent.Body> events = new CopyOnWriteArrayList<>();
    final List<BuildResult.Usage> taken = new CopyOnWriteArrayList<>();

    @Override
    public void event(BuildEvent.Body body) {
      events.add(body);
    }

    @Override
    public void phase(Phase phase) {}

    @Override
    public void layerFinished(Descriptor layer) {}

    @Override
    public void material(BuildResult.Material material) {}

    @Override
    public void taken(BuildResult.Usage usage) {
      taken.add(usage);
    }

    List<String> log() {
      var lines = new ArrayList<String>();
      for (BuildEvent.Body body : events) {
        if (body instanceof BuildEvent.Log log) {
          lines.add(log.line());
        }
      }
      return lines;
    }

    List<BuildEvent.Outcome> outcomes() {
      return finished().stream().map(BuildEvent.StepFinished::outcome).toList();
    }

    List<BuildEvent.StepFinished> finished() {
      var found = new ArrayList<BuildEvent.StepFinished>();
      for (BuildEvent.Body body : events) {
        if (body instanceof BuildEvent.StepFinished step) {
          found.add(step);
        }
      }
      return found;
    }
  }
}
