package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.progress.SafeText;
import dev.cairn.service.Audit;
import dev.cairn.service.audit.AuditAnchor;
import dev.cairn.service.audit.Verification;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code cairn audit}: who did what, and whether the log still says so. */
@Command(
    name = "audit",
    description = "Shows the audit log and verifies it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around, LocalAdmin admin) {
    return new CommandLine(new AuditCommand())
        .addSubcommand(new Log(around))
        .addSubcommand(new Verify(around, admin));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "audit needs a command: log or verify");
  }

  @Command(
      name = "log",
      description = {"Shows entries, the newest first.", "Needs the right system:admin."},
      footer = {
        "",
        "Examples:",
        "  cairn audit log --tenant acme --action image.",
        "  cairn audit log --action login.refused --since 2026-01-31T00:00:00Z"
      })
  static final class Log extends ServerCommand {
    @Option(names = "--tenant", paramLabel = "NAME", description = "on this tenant's things")
    private Optional<String> tenant = Optional.empty();

    @Option(names = "--by", paramLabel = "TOKEN-ID", description = "by this token")
    private Optional<String> by = Optional.empty();

    @Option(
        names = "--action",
        paramLabel = "ACTION",
        description = "this action, or all that begin so: token.issued, image.")
    private Optional<String> action = Optional.empty();

    @Option(names = "--object", paramLabel = "TEXT", description = "on what is named so in part")
    private Optional<String> object = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "2026-01-31T00:00:00Z or later")
    private Optional<String> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "before this time")
    private Optional<String> until = Optional.empty();

    @Option(
        names = {"-n", "--limit"},
        paramLabel = "NUMBER",
        description = "at most so many (50)")
    private int limit = 50;

    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    Log(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      if (limit < 1) {
        throw new UsageException("--limit is 1 or more");
      }
      var path = new StringBuilder("/audit?limit=" + Math.min(limit, 1000));
      add(path, "tenant", tenant);
      add(path, "token", by);
      add(path, "action", action);
      add(path, "object", object);
      add(path, "since", since);
      add(path, "until", until);
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      String before = "";
      while (all.size() < limit) {
        JsonNode page = call(ApiRequest.get(path + before));
        for (JsonNode entry : page.path("entries")) {
          if (all.size() < limit) {
            all.add(entry);
          }
        }
        if (!page.has("next")) {
          break;
        }
        before = "&before=" + page.path("next").asLong(1);
      }
      if (asJson) {
        json(all);
        return ExitCode.OK;
      }
      var table = new Table("ENTRY", "TIME", "TENANT", "BY", "ACTION", "OUTCOME", "OBJECT");
      for (JsonNode entry : all) {
        table.row(
            String.valueOf(entry.path("number").asLong(0)),
            text(entry, "at"),
            text(entry, "tenant"),
            text(entry, "token"),
            text(entry, "action"),
            text(entry, "outcome"),
            SafeText.of(text(entry, "object")));
      }
      table.print(around().out());
      return ExitCode.OK;
    }

    private static void add(StringBuilder path, String name, Optional<String> value) {
      value.ifPresent(
          text -> path.append('&').append(name).append('=').append(CairnApi.encode(text)));
    }
  }

  @Command(
      name = "verify",
      description = {
        "Computes the chain of the audit log anew and names the first entry that was removed,",
        "changed, reordered or cut off. Exit code 1 if there is one.",
        "An end that was cut off together with the log's own note of it is only found with",
        "--anchor: a copy of the server's audit.anchor, or of its log, kept elsewhere."
      },
      footer = {
        "",
        "Examples:",
        "  cairn audit verify --anchor /mnt/kept/audit.anchor       through the server",
        "  cairn audit verify --data /var/lib/cairn                 beside it, or without it"
      })
  static final class Verify extends ServerCommand {
    private final LocalAdmin admin;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "read this data directory, without asking the server")
    private Optional<String> data = Optional.empty();

    @Option(
        names = "--anchor",
        paramLabel = "FILE",
        description = "lines \"number hash time\" that were kept apart (repeatable)")
    private List<String> anchors = new ArrayList<>();

    @Option(
        names = "--begin",
        paramLabel = "NUMBER",
        description = "the first entry, if older files of it were taken away on purpose (1)")
    private long begin = 1;

    Verify(Surroundings around, LocalAdmin admin) {
      super(around);
      this.admin = admin;
    }

    @Override
    int run() throws IOException {
      if (begin < 1) {
        throw new UsageException("--begin is 1 or more");
      }
      var verification = new Verification(begin, heads());
      Optional<String> fault =
          data.isPresent()
              ? admin.verifyAudit(around().path(data.get()), verification)
              : asked(verification);
      if (fault.isPresent()) {
        around().err().println("cairn: the audit log is not in order: " + fault.get());
        return ExitCode.FAILED;
      }
      say("in order up to entry " + verification.last().number());
      say(verification.last().number() + " " + verification.last().hash() + " " + Instant.now());
      return ExitCode.OK;
    }

    private Map<Long, String> heads() throws IOException {
      Map<Long, String> heads = new TreeMap<>();
      for (String file : anchors) {
        Map<Long, String> read = AuditAnchor.read(around().path(file));
        if (read.isEmpty()) {
          throw new UsageException("--anchor: " + file + " has no line \"number hash time\"");
        }
        heads.putAll(read);
      }
      return heads;
    }

    /** The hashes are computed here: the server's own word is not asked for. */
    private Optional<String> asked(Verification verification) throws IOException {
      while (true) {
        long next = verification.last().number() + 1;
        JsonNode page = call(ApiRequest.get("/audit/chain?limit=1000&from=" + next));
        List<Audit.Entry> entries = new ArrayList<>();
        for (JsonNode entry : page.path("entries")) {
          entries.add(entry(entry));
        }
        var head =
            new Audit.Head(
                page.path("head").path("number").asLong(0), text(page.path("head"), "hash"));
        if (!verification.take(entries)
            || entries.isEmpty()
            || verification.last().number() >= head.number()) {
          return verification.end(head);
        }
      }
    }

    private static Audit.Entry entry(JsonNode json) {
      return new Audit.Entry(
          json.path("number").asLong(0),
          Instant.parse(text(json, "at")),
          text(json, "tenant"),
          text(json, "token"),
          text(json, "request"),
          text(json, "action"),
          text(json, "object"),
          text(json, "outcome"),
          text(json, "hash"));
    }
  }
}
