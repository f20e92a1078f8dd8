package dev.cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageConfigTest {

  private static final String DIFF =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void leavesEmptyFieldsOut() {
    assertThat(text(ImageConfig.empty(Platform.LINUX_AMD64)))
        .isEqualTo(
            "{'architecture':'amd64','config':{},'os':'linux','rootfs':{'type':'layers','diff_ids':[]}}");
  }

  @Test
  void writesGoldenBytes() {
    var check =
        new Healthcheck(
            List.of("CMD", "true"),
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofMillis(5),
            Duration.ZERO,
            3);
    var container =
        ContainerConfig.EMPTY
            .withEnvironment("PATH", "/bin")
            .withEnvironment("A", "1")
            .withEnvironment("PATH", "/usr/bin")
            .withUser("app")
            .withExposedPorts(List.of("80/tcp", "443/tcp"))
            .withCmd(Optional.of(List.of("run")))
            .withEntrypoint(Optional.of(List.of("/init")))
            .withVolumes(List.of("/data"))
            .withWorkingDir("/srv")
            .withLabels(Map.of("b", "<&>", "a", "ü"))
            .withStopSignal("SIGINT")
            .withArgsEscaped(true)
            .withHealthcheck(Optional.of(check))
            .withOnBuild(List.of("RUN true"))
            .withShell(Optional.of(List.of("/bin/bash", "-c")));
    var image =
        ImageConfig.empty(Platform.parse("linux/arm/v6"))
            .withConfig(container)
            .withAuthor("me")
            .withCreated(Optional.of(Instant.parse("2026-01-31T12:00:00.120Z")))
            .plus(
                Digest.parse(DIFF),
                History.of(
                    Optional.of(Instant.parse("2026-01-31T12:00:00Z")),
                    "RUN x # buildkit",
                    "c",
                    false))
            .plus(History.of(Optional.empty(), "CMD [\"run\"]", "", true));
    assertThat(text(image))
        .isEqualTo(
            "{'architecture':'arm','author':'me','config':{'User':'app','ExposedPorts':{'443/tcp':{},'80/tcp':{}},"
                + "'Env':['PATH=/usr/bin','A=1'],'Entrypoint':['/init'],'Cmd':['run'],'Volumes':{'/data':{}},"
                + "'WorkingDir':'/srv','Labels':{'a':'ü','b':'<&>'},'StopSignal':'SIGINT','ArgsEscaped':true,"
                + "'Healthcheck':{'Test':['CMD','true'],'Interval':30000000000,'StartPeriod':5000000,'Retries':3},"
                + "'OnBuild':['RUN true'],'Shell':['/bin/bash','-c']},'created':'2026-01-31T12:00:00.12Z','history':["
                + "{'created':'2026-01-31T12:00:00Z','created_by':'RUN x # buildkit','comment':'c'},"
                + "{'created_by':'CMD [\\'run\\']','empty_layer':true}],'os':'linux','rootfs':{'type':'layers',"
                + "'diff_ids':['"
                + DIFF
                + "']},'variant':'v6'}");
    assertThat(ImageConfig.parse(image.toBytes())).isEqualTo(image);
    assertThat(image.historyLayers()).isEqualTo(1);
  }

  @Test
  void keepsWhatItDoesNotKnow() {
    String base =
        "{'architecture':'amd64','config':{'Env':['A=1'],'Cmd':null,'Hostname':'h','x':{'y':[1,2.5,null]}},"
            + "'container':'c','history':[{'created_by':'x','odd':true}],'os':'linux',"
            + "'rootfs':{'type':'layers','diff_ids':[]},'zz':1}";
    ImageConfig image = ImageConfig.parse(bytes(base));
    assertThat(text(image))
        .isEqualTo(base.replace("'Cmd':null,", ""))
        .isEqualTo(text(ImageConfig.parse(image.toBytes())));
    assertThat(image.withoutExtraFields().extra().isEmpty()).isTrue();
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThatThrownBy(() -> ImageConfig.parse(bytes("{'rootfs':{'diff_ids':['sha256:1']}}")))
        .hasMessageContaining("image config.rootfs.diff_ids");
    assertThatThrownBy(() -> ImageConfig.parse(bytes("{'rootfs':{},'config':{'Env':[1]}}")))
        .hasMessageContaining("image config.config.Env");
    assertThatThrownBy(() -> ImageConfig.parse(bytes("{'rootfs':{},'created':'yesterday'}")))
        .hasMessageContaining("image config.created");
    assertThatThrownBy(() -> ImageConfig.parse(bytes("{}")))
        .hasMessageContaining("rootfs is missing");
  }

  private static String text(ImageConfig image) {
    return new String(image.toBytes(), StandardCharsets.UTF_8).replace('"', '\'');
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
