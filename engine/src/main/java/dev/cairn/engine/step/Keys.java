package dev.cairn.engine.step;

import dev.cairn.build.Recipe;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.cache.Ingredient;
import dev.cairn.engine.cache.Ingredient.Kind;
import dev.cairn.engine.cache.Ingredients;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.engine.layer.TreeDigest;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The only place where keys are made.
 *
 * <p>The <em>recipe key</em> of a step holds:
 *
 * <ul>
 *   <li>the version of the keys and the platform;
 *   <li>the operation with every word expanded;
 *   <li>the recipe key of the parent and of each stage that is read; for a base the digest of its
 *       manifest;
 *   <li>the digest of what is read from contexts, URLs and git;
 *   <li>for a RUN: arguments, directory, user, the environment in its order (ENV, declared ARG,
 *       build-only; no proxies), shapes of mounts (secrets by id, target and mode, never a value;
 *       cache mounts neither content, id nor sharing), network (what the command asks for within
 *       what the operator gives), host name, names of added hosts, ulimits and the size of shared
 *       memory; and, where owners are only pretended, that they are.
 * </ul>
 *
 * <p>The <em>content key</em> is the same with each parent replaced by the digest of its tree. The
 * content key of a COPY or ADD has no parent at all: it holds what was selected and the facts that
 * were read at the destination, so that its layer may be put on another parent.
 *
 * <p>Not in any key: LABEL, CMD, ENTRYPOINT, EXPOSE, VOLUME, HEALTHCHECK, STOPSIGNAL, ONBUILD,
 * MAINTAINER, names of stages, comments, times, addresses of added hosts.
 */
public final class Keys {
  /** Raised whenever equal keys would no longer mean equal results. */
  private static final String VERSION = "1";

  private static final String PARENT = "parent";

  private Keys() {}

  /** {@code FROM scratch}. */
  public static Ingredients scratch(Platform platform) {
    return start(platform).word(Kind.INSTRUCTION, "from", "scratch").done();
  }

  /** {@code FROM image}, resolved. */
  public static Ingredients base(Platform platform, BaseImage image) {
    return start(platform)
        .word(Kind.BASE, image.name(), image.manifest().digest().toString())
        .done();
  }

  /** A RUN on the parent of this key. */
  public static Ingredients run(
      Platform platform, Digest parent, String parentText, RunOperation run, CommandGround ground) {
    var key = start(platform);
    key.hashed(Kind.INSTRUCTION, "command", run.argv());
    run.script().ifPresent(script -> key.hashed(Kind.INSTRUCTION, "script", script.content()));
    key.word(Kind.SETTING, "directory", run.directory());
    key.word(Kind.SETTING, "user", run.user());
    // Order matters to a key, names to people: both are kept.
    key.hashed(
        Kind.SETTING,
        "order of the environment",
        run.environment().stream().map(Keys::variable).toList());
    for (String entry : run.environment()) {
      key.hashed(Kind.ARGUMENT, variable(entry), entry);
    }
    for (StepMount mount : run.mounts()) {
      mount(key, mount);
    }
    key.word(
        Kind.SETTING,
        "network",
        run.leave().hostNetwork() ? "host" : ground.reach().apply(run.network()));
    key.word(Kind.SETTING, "security", run.leave().insecure() ? "insecure" : "sandbox");
    run.leave().devices().forEach(name -> key.word(Kind.SETTING, "device", name));
    if (ground.pretendedOwners()) {
      key.word(Kind.SETTING, "owners", "pretended");
    }
    options(key, run.options(), run.hostname());
    return key.word(Kind.PARENT, parentText, parent.hex()).done();
  }

  /**
   * A COPY or ADD on the parent of this key.
   *
   * @param selected what is read from a context, from heredocs and URLs; absent if it is read from
   *     a stage that is not built yet
   */
  public static Ingredients copy(
      Platform platform,
      Digest parent,
      String parentText,
      CopyOperation copy,
      StepMount.Origin from,
      Optional<Digest> selected) {
    var key = start(platform).word(Kind.INSTRUCTION, "copy", copy.shape().hex());
    selected.ifPresent(digest -> key.word(Kind.FILES, patterns(copy), digest.hex()));
    if (from instanceof StepMount.Origin.Built built) {
      key.hashed(
          Kind.INSTRUCTION, "sources", copy.sources().stream().map(CopySource::toString).toList());
      key.word(Kind.SOURCE, built.name(), built.builtBy().key().hex());
    }
    return key.word(Kind.PARENT, parentText, parent.hex()).done();
  }

  /** A WORKDIR on the parent of this key. */
  public static Ingredients directory(
      Platform platform, Digest parent, String parentText, String path, String user) {
    return start(platform)
        .word(Kind.INSTRUCTION, "workdir", path)
        .word(Kind.SETTING, "user", user)
        .word(Kind.PARENT, parentText, parent.hex())
        .done();
  }

  /**
   * The content key of a RUN or WORKDIR.
   *
   * @param parent the digest of the parent's tree
   * @param sources the digests of what is read from other stages, by their recipe key
   */
  public static Digest content(Ingredients recipe, Digest parent, Map<String, Digest> sources) {
    return recipe
        .replacing(ingredient ->
            switch (ingredient.kind()) {
              case PARENT -> new Ingredient(Kind.PARENT, PARENT, parent.hex());
              case SOURCE -> {
                Digest tree = sources.get(ingredient.value());
                yield tree == null ? ingredient : new Ingredient(Kind.SOURCE, "", tree.hex());
              }
              case VERSION,
                  PLATFORM,
                  BASE,
                  FILES,
                  INSTRUCTION,
                  ARGUMENT,
                  SETTING,
                  MOUNT,
                  DESTINATION ->
                  ingredient;
            })
        .key();
  }

  /** The content key of a COPY or ADD: what was selected and what the destination held. */
  public static Digest movable(
      Platform platform, CopyOperation copy, Digest selected, Digest facts) {
    return start(platform)
        .word(Kind.INSTRUCTION, "copy", copy.shape().hex())
        .word(Kind.FILES, "", selected.hex())
        .word(Kind.DESTINATION, "", facts.hex())
        .done()
        .key();
  }

  /** The content key of a WORKDIR: the directory, its owner, and what was there. */
  public static Digest movable(Platform platform, String path, String user, Digest facts) {
    return start(platform)
        .word(Kind.INSTRUCTION, "workdir", path)
        .word(Kind.SETTING, "user", user)
        .word(Kind.DESTINATION, "", facts.hex())
        .done()
        .key();
  }

  /** The key of a whole build: every word that could make another image of it. */
  public static Digest build(List<String> words) {
    var key = new Ingredients.Collector().word(Kind.VERSION, "build", VERSION);
    words.forEach(word -> key.word(Kind.SETTING, "", word));
    return key.done().key();
  }

  private static Ingredients.Collector start(Platform platform) {
    return new Ingredients.Collector()
        .word(Kind.VERSION, "keys", VERSION)
        .word(Kind.PLATFORM, "platform", platform.toString());
  }

  private static void mount(Ingredients.Collector key, StepMount mount) {
    switch (mount.mount()) {
      case Mount.Bind bind -> {
        key.word(
            Kind.MOUNT, bind.target(), "bind " + bind.writable() + " " + digest(bind.source()));
        mount.origin().ifPresent(origin -> origin(key, bind.source(), origin));
      }
      case Mount.Cache cache -> key.word(Kind.MOUNT, cache.target(), "cache " + cache.readOnly());
      case Mount.Tmpfs tmpfs ->
          key.word(Kind.MOUNT, tmpfs.target(), "tmpfs " + tmpfs.size() + tmpfs.readOnly());
      case Mount.Secret secret ->
          key.word(
              Kind.MOUNT,
              "secret " + secret.id(),
              secret.target() + " " + secret.variable() + " " + secret.owner());
      case Mount.Ssh ssh ->
          key.word(Kind.MOUNT, "ssh " + ssh.id(), ssh.target() + " " + ssh.owner());
    }
  }

  private static void origin(Ingredients.Collector key, String source, StepMount.Origin origin) {
    switch (origin) {
      case StepMount.Origin.Context context -> {
        String path = source.startsWith("/") ? source.substring(1) : source;
        key.word(
            Kind.FILES,
            path.isEmpty() ? "the whole context" : path,
            TreeDigest.of(context.files(), path).hex());
      }
      case StepMount.Origin.Built built ->
          key.word(Kind.SOURCE, built.name(), built.builtBy().key().hex());
      case StepMount.Origin.Nothing nothing -> {}
    }
  }

  private static void options(
      Ingredients.Collector key, Recipe.RunOptions options, String hostname) {
    key.word(Kind.SETTING, "host name", hostname);
    key.hashed(
        Kind.SETTING, "added hosts", options.addedHosts().keySet().stream().sorted().toList());
    key.hashed(
        Kind.SETTING,
        "ulimits",
        options.ulimits().entrySet().stream().map(Object::toString).sorted().toList());
    key.word(Kind.SETTING, "shared memory", String.valueOf(options.shmBytes().orElse(0L)));
  }

  private static String variable(String entry) {
    int equals = entry.indexOf('=');
    return equals < 0 ? entry : entry.substring(0, equals);
  }

  private static String patterns(CopyOperation copy) {
    var names =
        copy.sources().stream()
            .map(source ->
                switch (source) {
                  case CopySource.Files files -> files.pattern();
                  case CopySource.Inline inline -> "<<" + inline.name();
                  case CopySource.Url url -> url.name();
                })
            .toList();
    return String.join(" ", names);
  }

  private static String digest(String text) {
    return Ingredients.digest(text).substring(0, 16);
  }
}
