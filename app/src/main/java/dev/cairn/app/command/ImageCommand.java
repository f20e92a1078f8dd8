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

/** {@code cairn image}: names in Cairn's registry. */
@Command(
    name = "image",
    description = "Lists, shows, tags and removes images in Cairn's registry.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ImageCommand implements Runnable {
  private static final int MOST = 100_000;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around) {
    return new CommandLine(new ImageCommand())
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Inspect(around))
        .addSubcommand(new Tag(around))
        .addSubcommand(new Remove(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "image needs a command: ls, inspect, tag or rm");
  }

  @Command(name = "ls", description = "Lists repositories, or the tags of one.")
  static final class ListAll extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "a repository")
    private Optional<String> name = Optional.empty();

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      if (name.isEmpty()) {
        pages("/images?limit=1000", "repositories", MOST, each -> say(each.asString("")));
        return ExitCode.OK;
      }
      String path = ImageName.parse(name.get()).path() + "/tags?limit=1000";
      pages(path, "tags", MOST, tag -> say(name.get() + ":" + tag.asString("")));
      return ExitCode.OK;
    }
  }

  @Command(name = "inspect", description = "Prints an image's manifest as JSON.")
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
        json(answer);
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "tag", description = "Gives an image another tag in its repository.")
  static final class Tag extends ServerCommand {
    @Parameters(index = "0", paramLabel = "NAME[:TAG|@DIGEST]", description = "the image")
    private String image = "";

    @Parameters(index = "1", paramLabel = "TAG", description = "the new tag")
    private String tag = "";

    Tag(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      ImageName name = ImageName.parse(image);
      String wanted = tag;
      if (tag.contains(":") || tag.contains("/")) {
        ImageName target = ImageName.parse(tag);
        if (!target.repository().equals(name.repository())) {
          throw new UsageException(
              "a tag stays in its repository "
                  + name.repository()
                  + "; use skopeo copy for others");
        }
        wanted = target.reference();
      }
      String digest =
          name.isDigest()
              ? name.reference()
              : text(call(ApiRequest.get(name.manifest())), "digest");
      call(
          ApiRequest.json(
              "PUT",
              name.path() + "/tags/" + CairnApi.encode(wanted),
              JsonMapper.shared().writeValueAsString(Map.of("manifest", digest))));
      say(name.repository() + ":" + wanted);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rm",
      description = "Removes tags, or with @DIGEST a manifest and its tags. gc frees the space.")
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
        call(
            ApiRequest.delete(
                name.isDigest()
                    ? name.manifest()
                    : name.path() + "/tags/" + CairnApi.encode(name.reference())));
        say(image);
      }
      return ExitCode.OK;
    }
  }
}
