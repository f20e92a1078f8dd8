package dev.cairn.server.cairn;

import dev.cairn.build.BuildRequest;
import dev.cairn.build.Inputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Source;
import dev.cairn.server.http.ApiException;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of the model whose feature an installation may lack. This list is the one place that
 * decides: a request that wants something not offered is refused by the field's name with {@code
 * unsupported-field}; nothing is ever ignored. Who wires the server names what is offered.
 */
public enum Feature {
  GIT_SOURCE("contexts.*.source.git", request -> anySource(request, Source.Git.class)),
  IMAGE_SOURCE("contexts.*.source.image", request -> anySource(request, Source.Image.class)),
  ADDED_FILES(
      "contexts.*.added",
      request -> request.contexts().values().stream().anyMatch(c -> !c.added().isEmpty())),
  STEPS("recipe.steps", request -> request.recipe() instanceof Recipe.Steps),
  IMPORT("recipe.import", request -> request.recipe() instanceof Recipe.Import),
  BUILDPACKS("recipe.buildpacks", request -> request.recipe() instanceof Recipe.Buildpacks),
  MULTI_PLATFORM(
      "recipe.dockerfile.platforms (more than one)",
      request -> request.recipe() instanceof Recipe.Dockerfile d && d.platforms().size() > 1),
  CACHE_IMPORTS("cache.imports", request -> !request.cache().imports().isEmpty()),
  CACHE_EXPORTS("cache.exports", request -> !request.cache().exports().isEmpty()),
  SESSION(
      "inputs.*.session",
      request ->
          request.inputs().secrets().values().stream()
                  .anyMatch(Inputs.SecretInput.FromSession.class::isInstance)
              || request.inputs().registryCredentials().stream()
                  .anyMatch(c -> c.secret() instanceof Inputs.SecretInput.FromSession)),
  DESTINATIONS("outputs.destinations", request -> !request.outputs().destinations().isEmpty()),
  PROVENANCE("outputs.provenance", request -> request.outputs().provenance().isPresent()),
  SBOM("outputs.sbom", request -> request.outputs().sbom().isPresent()),
  ROOT_FILE_SYSTEM(
      "outputs.rootFileSystem", request -> request.outputs().rootFileSystem().isPresent()),
  MACHINE("outputs.machine", request -> request.outputs().machine().isPresent());

  private final String field;

  // A pure function, which the checker cannot know.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Predicate<BuildRequest> wanted;

  Feature(String field, Predicate<BuildRequest> wanted) {
    this.field = field;
    this.wanted = wanted;
  }

  /** The field that asks for it. */
  public String field() {
    return field;
  }

  /**
   * Refuses a request that wants what is not offered.
   *
   * @throws ApiException 422 {@code unsupported-field}
   */
  static void check(BuildRequest request, Set<Feature> offered) {
    for (Feature feature : values()) {
      if (feature.wanted.test(request) && !offered.contains(feature)) {
        throw feature.refused();
      }
    }
  }

  /** The refusal of this field. */
  ApiException refused() {
    return new ApiException(
        422, "unsupported-field", field + " is not offered by this installation; leave it out");
  }

  private static boolean anySource(BuildRequest request, Class<? extends Source> kind) {
    return request.contexts().values().stream().anyMatch(c -> kind.isInstance(c.source()));
  }
}
