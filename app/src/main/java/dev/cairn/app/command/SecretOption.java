package dev.cairn.app.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A secret given with a build, as {@code --secret} says it: {@code id=ID[,src=FILE]} or {@code
 * id=ID,env=NAME}. Its value is read when it is sent.
 *
 * @param id what {@code --mount=type=secret,id=…} names
 * @param file where the value stands, if in a file
 * @param variable the environment variable that holds it, if one
 */
record SecretOption(String id, Optional<Path> file, Optional<String> variable) {
  private static final int MOST_BYTES = 500 << 10;

  static SecretOption parse(String text) {
    KeyValues values = KeyValues.parse("--secret", text, "id");
    String id = values.require("id");
    String type = values.take("type").orElse("");
    Optional<String> source = values.take("src").or(() -> values.take("source"));
    Optional<String> variable = values.take("env");
    values.refuseRest();
    if (type.equals("env") && variable.isEmpty()) {
      variable = Optional.of(source.orElse(id));
      source = Optional.empty();
    } else if (!type.isEmpty() && !type.equals("file") && !type.equals("env")) {
      throw new UsageException("--secret type=" + type + " is not known; it is file or env");
    }
    if (variable.isPresent() && source.isPresent()) {
      throw new UsageException("--secret " + id + " names both src and env; it takes one");
    }
    return new SecretOption(id, source.map(Path::of), variable);
  }

  /** The same with its file read relative to a directory. */
  SecretOption in(Path directory) {
    return new SecretOption(id, file.map(directory::resolve), variable);
  }

  /** The value, from where the option says; without either, the variable of the id's name. */
  byte[] read(Map<String, String> environment) {
    if (file.isPresent()) {
      try {
        if (Files.size(file.get()) > MOST_BYTES) {
          throw new UsageException("--secret " + id + ": " + file.get() + " is above 500 KiB");
        }
        return Files.readAllBytes(file.get());
      } catch (IOException e) {
        throw new UsageException("--secret " + id + ": cannot read " + file.get());
      }
    }
    String name = variable.orElse(id);
    String value = environment.get(name);
    if (value == null) {
      throw new UsageException(
          "--secret "
              + id
              + ": there is no environment variable "
              + name
              + "; give src=FILE or env=NAME");
    }
    return value.getBytes(StandardCharsets.UTF_8);
  }
}
