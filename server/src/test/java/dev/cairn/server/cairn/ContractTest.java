package dev.cairn.server.cairn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.StepReach;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Route;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Holds openapi.yaml and the code together. */
class ContractTest {
  private static final Principal CALLER =
      new Principal(new TenantId("acme"), "t1", Right.ordinary());

  private static JsonNode contract() throws IOException {
    try (InputStream in = CairnDialect.class.getResourceAsStream("openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    }
  }

  /** The routes of the dialect; no façade is called for them. */
  private static List<Route> routes() {
    return new CairnDialect(
            new CairnDialect.Building(
                none(dev.cairn.service.Builds.class),
                none(dev.cairn.service.Events.class),
                none(dev.cairn.service.Contexts.class),
                none(dev.cairn.service.Blobs.class),
                none(dev.cairn.service.Images.class),
                none(dev.cairn.service.Builders.class)),
            new CairnDialect.Accounts(
                none(dev.cairn.service.Tenants.class),
                none(dev.cairn.service.Tokens.class),
                none(dev.cairn.service.TenantSecrets.class)),
            none(BlobStore.class),
            none(dev.cairn.server.Operations.class),
            Set.of())
        .routes();
  }

  private static <T> T none(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " is not to be called");
            }));
  }

  @Test
  void hasEveryRouteWithItsRightAndNoneMore() throws IOException {
    Set<String> told = new TreeSet<>();
    for (var path : contract().path("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        if (!operation.getKey().equals("parameters")) {
          told.add(
              operation.getKey().toUpperCase(Locale.ROOT)
                  + " "
                  + CairnDialect.BASE
                  + path.getKey()
                  + " "
                  + operation.getValue().path("x-right").stringValue());
        }
      }
    }
    Set<String> served =
        routes().stream()
            .map(route -> route + " " + right(route.access()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(told).isEqualTo(served);
  }

  private static String right(Access access) {
    return access instanceof Access.Bearer bearer
        ? bearer.rights().stream().map(Right::text).sorted().collect(Collectors.joining(" or "))
        : "public";
  }

  @Test
  void acceptsItsOwnExamples() throws IOException {
    JsonNode examples =
        contract().path("components").path("schemas").path("BuildRequest").path("examples");
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
        "{\"recipe\":{\"dockerfile\":{}},\"limits\":{\"network\":{\"allow\":[\"a b\"]}}}|limits.network.allow",
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
