package dev.cairn.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  @Test
  void readsOutputs() {
    assertThat(OutputOption.parse("type=oci,dest=out.tar"))
        .isEqualTo(new OutputOption(OutputOption.Type.OCI, Optional.of(Path.of("out.tar"))));
    assertThat(OutputOption.parse("-").type()).isEqualTo(OutputOption.Type.TAR);
    assertThat(OutputOption.parse("some/dir").type()).isEqualTo(OutputOption.Type.LOCAL);
    assertThat(OutputOption.parse("\"dest=a,b\",type=docker").destination())
        .contains(Path.of("a,b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type=iso,dest=x",
        "type=oci",
        "type=image,dest=x",
        "type=oci,dest=x,more=1",
        "\"type=oci"
      })
  void refusesOtherOutputs(String text) {
    assertThatThrownBy(() -> OutputOption.parse(text))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--output");
  }

  @Test
  void readsSecretsFromTheEnvironment() {
    byte[] value = SecretOption.parse("id=token,env=T").read(Map.of("T", "v"));

    assertThat(new String(value, StandardCharsets.UTF_8)).isEqualTo("v");
    assertThatThrownBy(() -> SecretOption.parse("id=token").read(Map.of()))
        .hasMessageContaining("no environment variable token");
    assertThatThrownBy(() -> SecretOption.parse("src=x")).hasMessageContaining("id=");
  }

  @ParameterizedTest
  @CsvSource({"64m,67108864", "2g,2147483648", "512,512", "1KiB,1024", "3MB,3145728"})
  void readsSizes(String text, long bytes) {
    assertThat(ByteSize.parse("--shm-size", text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "-1", "1x", "9999999999g"})
  void refusesOtherSizes(String text) {
    assertThatThrownBy(() -> ByteSize.parse("--shm-size", text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--shm-size");
  }

  @ParameterizedTest
  @CsvSource({"999,999 B", "1500,1.5 kB", "20000000,20 MB", "999999,1.0 MB"})
  void writesSizes(long bytes, String text) {
    assertThat(ByteSize.text(bytes)).isEqualTo(text);
  }
}
