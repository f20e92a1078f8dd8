package dev.cairn.app.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The configuration file, YAML, member by member as below; everything is optional and options of
 * the command line win over it. docs/configuration.md explains each.
 */
public record ConfigFile(
    Optional<String> data,
    Optional<String> listen,
    Optional<String> socket,
    Optional<String> registryHost,
    Optional<Integer> slots,
    Optional<Integer> longestRunSeconds,
    Optional<Long> uploadBytes,
    Optional<List<String>> allowAddresses,
    Optional<List<String>> plainHttp,
    Optional<String> certificates,
    Optional<DatabaseMembers> database,
    Optional<JwtMembers> jwt) {

  /** Where PostgreSQL is; the password stands in a file of its own. */
  public record DatabaseMembers(String url, String user, String passwordFile) {}

  /** Tokens signed elsewhere; the secret stands in a file of its own. */
  public record JwtMembers(String secretFile, String tenant) {}

  private static final long MOST_BYTES = 1 << 20;

  /**
   * Reads the file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException naming the member that is wrong
   */
  public static ConfigFile read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IllegalArgumentException(file + " is above 1 MiB; that is no configuration");
    }
    YAMLMapper yaml =
        YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    try {
      return yaml.readValue(Files.readAllBytes(file), ConfigFile.class);
    } catch (DatabindException e) {
      throw new IllegalArgumentException(
          file + ": " + e.getPathReference() + ": " + e.getOriginalMessage(), e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is not valid YAML: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The configuration that the file makes of the usual one.
   *
   * @param usualData the data directory if the file names none
   */
  public ServerConfig applied(Path usualData) throws IOException {
    ServerConfig usual = ServerConfig.in(data.map(Path::of).orElse(usualData));
    return new ServerConfig(
        usual.data(),
        listen,
        socket.map(Path::of),
        registryHost,
        slots.orElse(usual.slots()),
        longestRunSeconds.map(Duration::ofSeconds).orElse(usual.longestRun()),
        uploadBytes.orElse(usual.uploadBytes()),
        allowAddresses.orElse(List.of()),
        plainHttp.orElse(List.of()),
        certificates.map(Path::of),
        readDatabase(),
        readJwt());
  }

  private Optional<ServerConfig.Database> readDatabase() throws IOException {
    if (database.isEmpty()) {
      return Optional.empty();
    }
    DatabaseMembers members = database.get();
    return Optional.of(
        new ServerConfig.Database(
            members.url(), members.user(), secret(Path.of(members.passwordFile()))));
  }

  private Optional<ServerConfig.Jwt> readJwt() throws IOException {
    if (jwt.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServerConfig.Jwt(secret(Path.of(jwt.get().secretFile())), jwt.get().tenant()));
  }

  private static ServerConfig.Secret secret(Path file) throws IOException {
    return new ServerConfig.Secret(Files.readString(file).strip());
  }
}
