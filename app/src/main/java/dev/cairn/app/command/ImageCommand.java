package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code cairn image}: names in Cairn's registry. */
@Command(
    name = "image",
    description = "Lists, shows, pulls, pushes, tags and removes images in Cairn's registry.",
    footer = {
      "",
      "Examples:",
      "  cairn image ls",
      "  cairn image pull debian:13",
      "  cairn image history app:1",
      "  cairn image tag app:1 app:stable"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ImageCommand implements Runnable {
  private static final int MOST = 100_000;
  private static final int SHORT_DIGEST = "sha256:".length() + 12;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around) {
    return new CommandLine(new ImageCommand())
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Inspect(around))
        .addSubcommand(new ImageHistoryCommand(around))
        .addSubcommand(new ImagePullCommand(around))
        .addSubcommand(new Tag(around))
        .addSubcommand(new Remove(around))
        .addSubcommand(new PushCommand(around))
        .addSubcommand(new PushesCommand(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "image needs a command: ls, inspect, history, pull, push, pushes, tag or rm");
  }

  @Command(name = "ls", description = "Lists images by name, or those of one repository.")
  static final class ListAll extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "REPOSITORY", description = "a repository")
    private Optional<String> repository = Optional.empty();

    @Option(
        names = {"-q", "--quiet"},
        description = "only the names")
    private boolean quiet;

    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      String of = repository.map(name -> "&repository=" + CairnApi.encode(name)).orElse("");
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      pages("/catalog?limit=1000" + of, "images", MOST, all::add);
      if (asJson) {
        json(all);
      } else if (quiet) {
        all.forEach(image -> say(text(image, "name")));
      } else {
        table(all).print(around().out());
      }
      return ExitCode.OK;
    }

    private static Table table(ArrayNode images) {
      var table = new Table("IMAGE", "STATE", "DIGEST", "SIZE", "PLATFORM", "CREATED");
      for (JsonNode image : images) {
        String digest = text(image, "digest");
        table.row(
            text(image, "name"),
            image.has("error")
                ? text(image, "state") + ": " + text(image, "error")
                : text(image, "state"),
            digest.substring(0, Math.min(digest.length(), SHORT_DIGEST)),
            image.has("bytes") ? ByteSize.text(image.path("bytes").asLong(0)) : "",
            text(image, "platform"),
            text(image, "createdAt").replaceAll("\\.\\d+Z$", "Z"));
      }
      return table;
    }
  }

  @Command(name = "inspect", description = "Prints an image's manifest, config and origin as JSON.")
  static final class Inspect extends ServerCommand {
    @Parameters(paramLabel = "NAME[:TAG|@DIGEST]", description = "the image")
    private String image = "";

    @Option(names = "--digest", description = "only the digest")
    private boolean digestOnly;

    Inspect(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      JsonNode answer = call(ApiRequest.get(ImageName.parse(image).manifest()));
      if (digestOnly) {
        say(text(answer, "digest"));
      } else {
        json(with(answer, call(ApiRequest.get(ImageName.parse(image).catalog()))));
      }
      return ExitCode.OK;
    }
  }

  /** What is known of the name, and the manifest. */
  private static JsonNode with(JsonNode manifest, JsonNode named) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    named.properties().forEach(member -> all.set(member.getKey(), member.getValue()));
    manifest.properties().forEach(member -> all.set(member.getKey(), member.getValue()));
    return all;
  }

  @Command(
      name = "tag",
      description = "Gives an image another name; nothing is copied.",
      footer = {
        "",
        "Examples:",
        "  cairn image tag app:1 stable           another tag in the repository app",
        "  cairn image tag app:1 team/web:1       in another repository"
      })
  static final class Tag extends ServerCommand {
    @Parameters(index = "0", paramLabel = "NAME[:TAG|@DIGEST]", description = "the image")
    private String image = "";

    @Parameters(index = "1", paramLabel = "TAG|NAME:TAG", description = "the new name")
    private String tag = "";

    Tag(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      ImageName name = ImageName.parse(image);
      ImageName target =
          tag.contains(":") || tag.contains("/")
              ? ImageName.parse(tag)
              : new ImageName(name.repository(), tag);
      if (target.isDigest()) {
        throw new UsageException("the new name has a tag and no digest, not: " + tag);
      }
      String digest =
          name.isDigest()
              ? name.reference()
              : text(call(ApiRequest.get(name.manifest())), "digest");
      call(
          ApiRequest.json(
              "PUT",
              target.path() + "/tags/" + CairnApi.encode(target.reference()),
              JsonMapper.shared().writeValueAsString(Map.of("manifest", digest))));
      say(target.repository() + ":" + target.reference());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rm",
      description = {
        "Removes names; a pull on its way is stopped. With @DIGEST, a manifest and all its tags.",
        "What no other name needs is freed by the next collection."
      })
  static final class Remove extends ServerCommand {
    @Parameters(arity = "1..*", paramLabel = "NAME[:TAG|@DIGEST]", description = "the images")
    private List<String> images = new ArrayList<>();

    Remove(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      for (String image : images) {
        ImageName name = ImageName.parse(image);
        call(ApiRequest.delete(name.isDigest() ? name.manifest() : name.catalog()));
        say(image);
      }
      return ExitCode.OK;
    }
  }
}
