package dev.cairn.server.cairn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.StepReach;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.server.Contract;
import dev.cairn.server.Unused;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Route;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Holds openapi.yaml and the code together. */
class ContractTest {
  private static final Principal CALLER =
      new Principal(new TenantId("acme"), "t1", Right.ordinary());

  private static Contract contract() throws IOException {
    return Contract.beside(CairnDialect.class);
  }

  /** The routes of the dialect; no façade is called for them. */
  private static List<Route> routes() {
    return new CairnDialect(
            new CairnDialect.Building(
                Unused.of(dev.cairn.service.Builds.class),
                Unused.of(dev.cairn.service.Events.class),
                Unused.of(dev.cairn.service.Contexts.class),
                Unused.of(dev.cairn.service.Blobs.class),
                Unused.of(dev.cairn.service.Images.class),
                Unused.of(dev.cairn.service.Builders.class),
                Unused.of(dev.cairn.service.NamedImages.class)),
            new CairnDialect.Accounts(
                Unused.of(dev.cairn.service.Tenants.class),
                Unused.of(dev.cairn.service.Tokens.class),
                Unused.of(dev.cairn.service.TenantSecrets.class),
                Unused.of(dev.cairn.service.Audit.class)),
            new CairnDialect.Registries(
                Unused.of(dev.cairn.service.Pushes.class),
                Unused.of(dev.cairn.service.RegistryLogins.class)),
            Unused.of(BlobStore.class),
            new CairnDialect.Upkeep(
                Unused.of(dev.cairn.server.Operations.class),
                Unused.of(dev.cairn.service.GarbageCollection.class)),
            Set.of())
        .routes();
  }

  @Test
  void hasEveryRouteWithItsRightAndNoneMore() throws IOException {
    assertThat(contract().operations(CairnDialect.BASE)).isEqualTo(Contract.operations(routes()));
  }

  @Test
  void acceptsItsOwnExamples() throws IOException {
    JsonNode examples = contract().schema("BuildRequest").path("examples");
    assertThat(examples.size()).isEqualTo(2);
    for (JsonNode example : examples) {
      Feature.check(model(example.toString()), Set.of());
    }
  }

  private static BuildRequest model(String json) {
    return BuildRoutes.model(
        CALLER,
        new BuildId(1, 2),
        BuildRoutes.parse(json, BuildBody.class),
        new SealedValues(),
        "r1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"contexts\":{\"\":{\"source\":{\"git\":{\"url\":\"https://x.test/r\"}}}},\"recipe\":{\"dockerfile\":{}}}|contexts.*.source.git",
        "{\"recipe\":{\"steps\":{\"steps\":[{\"instruction\":{\"run\":{}}}]}}}|recipe.steps",
        "{\"recipe\":{\"import\":{\"image\":\"debian\"}}}|recipe.import",
        "{\"recipe\":{\"buildpacks\":{\"builder\":\"b\"}}}|recipe.buildpacks",
        "{\"recipe\":{\"dockerfile\":{\"platforms\":[\"linux/amd64\",\"linux/arm64\"]}}}|platforms",
        "{\"recipe\":{\"dockerfile\":{}},\"cache\":{\"imports\":[\"type=gha\"]}}|cache.imports",
        "{\"recipe\":{\"dockerfile\":{}},\"inputs\":{\"secrets\":{\"a\":{\"session\":\"s\"}}}}|session",
        "{\"recipe\":{\"dockerfile\":{}},\"outputs\":{\"sbom\":\"spdx\"}}|outputs.sbom",
        "{\"recipe\":{\"dockerfile\":{}},\"outputs\":{\"machine\":\"kvm\"}}|outputs.machine",
      })
  void refusesFeaturesThatAreNotOfferedByTheirField(String json, String field) {
    assertThatThrownBy(() -> Feature.check(model(json), Set.of()))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.code()).contains("unsupported-field");
              assertThat(e.message()).contains(field);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"recipe\":{\"dockerfile\":{\"textt\":\"x\"}}}|recipe.dockerfile.textt",
        "{\"recipe\":{}}|exactly one of",
        "{}|recipe",
        "{\"recipe\":{\"dockerfile\":{\"path\":\"../x\"}}}|recipe.dockerfile.path",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"cpus\":0}}|limits.cpus",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":\"host\"}}|limits.network",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":7}}|limits.network",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{}}}|limits.network",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[]}}}|limits.network.allow",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[7]}}}|limits.network.allow",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[\"a"
            + " b\"]}}}|limits.network.allow",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[\"10.0.0.0/33\"]}}}|limits.network.allow",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[\"::/0\"]}}}|limits.network.allow",
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[\"a.b\"],\"more\":1}}}|limits.network",
        "{\"recipe\":{\"dockerfile\":{}},\"schedule\":{\"priority\":101}}|priority",
        "{\"recipe\":{\"dockerfile\":{}},\"inputs\":{\"secrets\":{\"a\":{\"value\":\"hunter2!\"}}}}|inputs.secrets.a.value",
      })
  void namesTheFieldThatIsWrongAndNeverASecret(String json, String field) {
    assertThatThrownBy(() -> model(json))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(field)
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void readsTheNetworkOfSteps() {
    String form = "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":%s}}";

    assertThat(model(form.formatted("\"egress\"")).limits().network()).contains(StepReach.EGRESS);
    assertThat(model(form.formatted("\"none\"")).limits().network()).contains(StepReach.NONE);
    assertThat(model(form.formatted("\"isolated\"")).limits().network())
        .contains(StepReach.ISOLATED);
    assertThat(
            model(form.formatted("{\"allow\":[\"*.a.b\",\"8.8.8.0/24:53\"]}")).limits().network())
        .contains(StepReach.listed(List.of("*.a.b", "8.8.8.0/24:53")));
    assertThat(model(form.formatted("null")).limits().network()).isEmpty();
    assertThat(model("{\"recipe\":{\"dockerfile\":{}}}").limits().network()).isEmpty();
    assertThat(model("{\"recipe\":{\"dockerfile\":{}},\"limits\":{}}").limits().network())
        .isEmpty();
  }
}
