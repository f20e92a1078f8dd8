package dev.cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestDocumentTest {

  private static final String HEX =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String CONFIG =
      "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'sha256:"
          + HEX
          + "','size':3}";
  private static final String LAYER =
      "{'mediaType':'application/vnd.oci.image.layer.v1.tar+gzip','digest':'sha256:"
          + HEX
          + "','size':3}";

  @Test
  void writesGoldenBytes() {
    var digest = Digest.parse("sha256:" + HEX);
    var manifest =
        Manifest.oci(
                Descriptor.of(MediaType.OCI_CONFIG, digest, 3),
                List.of(Descriptor.of(MediaType.OCI_LAYER_GZIP, digest, 3)))
            .withAnnotations(Map.of("b", "2", "a", "1"));
    assertThat(new String(manifest.toBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            json(
                "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','config':"
                    + CONFIG
                    + ",'layers':["
                    + LAYER
                    + "],'annotations':{'a':'1','b':'2'}}"));
    assertThat(Manifest.parse(manifest.toBytes())).isEqualTo(manifest);
    assertThat(manifest.isImage()).isTrue();
  }

  @Test
  void readsBackAnIndex() {
    var entry =
        Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1})
            .withPlatform(Platform.parse("linux/arm/v6"));
    var index = Index.oci(List.of(entry)).withAnnotations(Map.of("k", "v"));
    assertThat(Index.parse(index.toBytes())).isEqualTo(index);
    assertThat(index.choose(Platform.parse("linux/arm/v7"))).contains(entry);
  }

  @Test
  void takesTheTypeFromTheHeaderIfTheDocumentHasNone() {
    byte[] bytes = bytes("{'schemaVersion':2,'config':" + CONFIG + ",'layers':[]}");
    assertThat(ManifestDocument.parse(bytes, Optional.of(MediaType.DOCKER_MANIFEST)).mediaType())
        .isEqualTo(MediaType.DOCKER_MANIFEST);
    assertThat(ManifestDocument.parse(bytes, Optional.empty()).mediaType())
        .isEqualTo(MediaType.OCI_MANIFEST);
    assertThatThrownBy(() -> ManifestDocument.parse(bytes, Optional.of(MediaType.OCI_INDEX)))
        .hasMessageContaining("other kind");
  }

  @Test
  void refusesATypeThatTheHeaderContradicts() {
    byte[] bytes = Index.oci(List.of()).toBytes();
    assertThatThrownBy(() -> ManifestDocument.parse(bytes, Optional.of(MediaType.OCI_MANIFEST)))
        .hasMessageContaining("ambiguous");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}{}",
        "null",
        "{'schemaVersion':2}",
        "{'schemaVersion':1,'fsLayers':[]}",
        "{'schemaVersion':2,'fsLayers':[]}",
        "{'schemaVersion':2,'mediaType':'application/vnd.docker.distribution.manifest.v1+prettyjws'}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[],'manifests':[]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[],'layers':[]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[],'Layers':[LAYER]}",
        "{'schemaVersion':2,'config':CONFIG}",
        "{'schemaVersion':2,'layers':[]}",
        "{'schemaVersion':3,'config':CONFIG,'layers':[]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':{}}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[1]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{}]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{'mediaType':'a/b','digest':'sha256:HEX','size':-1}]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{'mediaType':'a/b','digest':'sha256:HEX','size':1.5}]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{'mediaType':'a/b','digest':'sha256:HEX','size':99999999999999999999}]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{'mediaType':'a/b','digest':'md5:HEX','size':1}]}",
        "{'schemaVersion':2,'config':CONFIG,'layers':[{'mediaType':'a/b','digest':'sha256:HEX','size':1,'urls':['http://x/']}]}",
        "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','config':CONFIG,'layers':[]}",
      })
  void refusesHostileDocuments(String text) {
    byte[] bytes =
        bytes(text.replace("CONFIG", CONFIG).replace("LAYER", LAYER).replace("HEX", HEX));
    assertThatThrownBy(() -> ManifestDocument.parse(bytes, Optional.empty()))
        .isInstanceOf(InvalidOciException.class);
  }

  @Test
  void refusesTooManyBytesEntriesAndLevels() {
    assertThatThrownBy(() ->
            ManifestDocument.parse(new byte[ManifestDocument.BYTES_LIMIT + 1], Optional.empty()))
        .hasMessageContaining("at most");
    String layers = (LAYER + ",").repeat(1000) + LAYER;
    assertThatThrownBy(() ->
            ManifestDocument.parse(
                bytes("{'schemaVersion':2,'config':" + CONFIG + ",'layers':[" + layers + "]}"),
                Optional.empty()))
        .hasMessageContaining("1001");
    String deep = "{'schemaVersion':2,'x':" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> ManifestDocument.parse(bytes(deep), Optional.empty()))
        .isInstanceOf(InvalidOciException.class);
  }

  @Test
  void refusesOtherEncodings() {
    byte[] utf16 = Index.oci(List.of()).toBytes();
    byte[] wide = new String(utf16, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16BE);
    assertThatThrownBy(() -> ManifestDocument.parse(wide, Optional.empty()))
        .isInstanceOf(InvalidOciException.class);
    assertThatThrownBy(
            () -> ManifestDocument.parse(new byte[] {'{', (byte) 0xff, '}'}, Optional.empty()))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void survivesMutatedDocuments() {
    byte[] manifest = bytes("{'schemaVersion':2,'config':" + CONFIG + ",'layers':[" + LAYER + "]}");
    byte[] index =
        Index.oci(
                List.of(
                    Descriptor.of(MediaType.OCI_MANIFEST, manifest)
                        .withPlatform(Platform.LINUX_ARM64)))
            .toBytes();
    Fuzz.run(
        "manifests",
        random -> {
          byte[] bytes = Fuzz.mutated(random, random.nextBoolean() ? manifest : index);
          try {
            ManifestDocument document = ManifestDocument.parse(bytes, Optional.empty());
            assertThat(ManifestDocument.parse(document.toBytes(), Optional.empty()))
                .isEqualTo(document);
          } catch (InvalidOciException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        });
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static byte[] bytes(String text) {
    return json(text).getBytes(StandardCharsets.UTF_8);
  }
}
