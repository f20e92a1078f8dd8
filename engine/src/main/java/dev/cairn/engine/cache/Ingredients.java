package dev.cairn.engine.cache;

import dev.cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The ingredients of a key in their order. The key is a SHA-256 over length-prefixed fields, so
 * that no two lists of ingredients run together.
 */
public final class Ingredients {
  private final List<Ingredient> all;

  private Ingredients(List<Ingredient> all) {
    this.all = all;
  }

  /** These ingredients. */
  static Ingredients of(List<Ingredient> all) {
    return new Ingredients(List.copyOf(all));
  }

  /** All of them, in order. */
  public List<Ingredient> all() {
    return all;
  }

  /** The key. */
  public Digest key() {
    Digest.Hasher hasher = Digest.newHasher();
    for (Ingredient ingredient : all) {
      field(hasher, ingredient.kind().name());
      field(hasher, ingredient.name());
      field(hasher, ingredient.value());
    }
    return hasher.finish();
  }

  /** The same with some values replaced: what the content key makes of the recipe's parents. */
  public Ingredients replacing(java.util.function.UnaryOperator<Ingredient> change) {
    return new Ingredients(all.stream().map(change).toList());
  }

  /** A digest of one text, for values that are long or not to be kept. */
  public static String digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static void field(Digest.Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      hasher.update(bytes.length >>> shift);
    }
    hasher.update(bytes);
  }

  /** Collects ingredients. */
  public static final class Collector {
    private final List<Ingredient> list = new ArrayList<>();

    /** Begins with nothing. */
    public Collector() {}

    /** Adds a harmless word. */
    public Collector word(Ingredient.Kind kind, String name, String value) {
      list.add(new Ingredient(kind, name, value));
      return this;
    }

    /** Adds the digest of a value that is long or not for everybody's eyes. */
    public Collector hashed(Ingredient.Kind kind, String name, String value) {
      return word(kind, name, digest(value));
    }

    /** Adds the digest of a list of words. */
    public Collector hashed(Ingredient.Kind kind, String name, List<String> values) {
      var list = new ArrayList<Ingredient>();
      values.forEach(value -> list.add(new Ingredient(kind, "", value)));
      return word(kind, name, Ingredients.of(list).key().hex());
    }

    /** The list. */
    public Ingredients done() {
      return Ingredients.of(list);
    }
  }
}
