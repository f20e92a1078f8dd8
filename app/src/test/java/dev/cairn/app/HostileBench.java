package dev.cairn.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;

/**
 * A server on one ground with a victim and an attacker: the victim has an image, a cache volume, a
 * secret and a step that runs all the time; the attacker builds the cases.
 */
// Who interrupts a test while it cleans up wants it to end.
@SuppressWarnings("try")
final class HostileBench implements AutoCloseable {
  private static final Pattern ADDRESS =
      Pattern.compile("inet ([0-9.]+)/[0-9]+ (?:brd [0-9.]+ )?scope global");

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final HostileGround ground;
  private final HostileYard yard;
  private final Workbench workbench;
  private final ApiTenant attacker;
  private final ApiTenant victim;
  private final Set<String> innocent = ConcurrentHashMap.newKeySet();
  private final Map<String, String> arguments = new LinkedHashMap<>();
  private String running = "";
  private Optional<Leftovers.Found> before = Optional.empty();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private HostileBench(HostileGround ground, HostileYard yard, Workbench workbench)
      throws IOException, InterruptedException {
    this.ground = ground;
    this.yard = yard;
    this.workbench = workbench;
    var http = HttpClient.newHttpClient();
    LiveServer server = workbench.server();
    this.attacker = new ApiTenant(server.url(), server.token("attacker"), http);
    this.victim = new ApiTenant(server.url(), server.token("victim"), http);
  }

  /** Starts the server, with these options in place of the ground's if any, and the victim. */
  static HostileBench start(HostileGround ground, HostileYard yard, Path work, String... options)
      throws Exception {
    Files.createDirectories(work);
    List<String> all = new ArrayList<>(List.of(options));
    if (all.isEmpty()) {
      all.addAll(ground.serveOptions(work));
    }
    Deque<AutoCloseable> open = new ArrayDeque<>();
    try {
      Launch launch = new Launch.OfRoot();
      Path data = work.resolve("data");
      HostileYard around = yard;
      if (ground.rung().isRootless()) {
        boolean range = ground.rung() == HostileGround.Rung.ROOTLESS;
        OrdinaryUser user = range ? OrdinaryUser.withRange(work) : OrdinaryUser.withOneNumber(work);
        open.push(user);
        launch = new Launch.OfUser(user, range);
        data = user.home().resolve("data");
        around = yard.ownedBy(user.name(), work);
        open.push(around.canaries());
      }
      var workbench =
          Workbench.start(
              launch,
              work,
              data,
              List.of("-Dcairn.canary=" + around.needle() + "-of-a-command-line"),
              all.toArray(String[]::new));
      open.push(workbench);
      var bench = new HostileBench(ground, around, workbench);
      bench.live();
      bench.open.addAll(open);
      return bench;
    } catch (Exception | Error e) {
      closeAll(open);
      throw e;
    }
  }

  private static void closeAll(Deque<AutoCloseable> open) throws Exception {
    if (!open.isEmpty()) {
      try {
        open.pop().close();
      } finally {
        closeAll(open);
      }
    }
  }

  /** What the victim has and does. */
  private void live() throws IOException, InterruptedException {
    String text = yard.canaries().needle() + "-of-a-tenant";
    String made =
        """
        FROM %s
        RUN --mount=type=cache,id=shared,target=/cache \
            echo %s > /cache/text && echo %s > /text && chmod 600 /text
        """
            .formatted(workbench.base(), text, text);
    String id = submit(victim, made);
    JsonNode build = victim.finished(id, PATIENCE);
    if (!build.path("state").asString("").equals("ready")) {
      throw new AssertionError("the victim's build: " + build + workbench.server().log());
    }
    if (!build.at("/result/isolation").asString("").equals(ground.isolation())) {
      throw new AssertionError("the ground is not " + ground + " but " + build);
    }
    before = Optional.of(Leftovers.of(workbench.server()));
    running =
        submit(
            victim,
            """
            FROM %s
            RUN --mount=type=secret,id=mine,env=SECRET \
                (while true; do echo hello | /bin/busybox nc -l -p 7777; done) & \
                ip addr; echo running; sleep 3600
            """
                .formatted(workbench.base()));
    for (int n = 0; n < 500 && !victim.events(running).contains("\"running\""); n++) {
      Thread.sleep(20);
    }
    arguments.putAll(yard.canaries().arguments());
    arguments.putAll(yard.world().arguments());
    arguments.put("PORT", Integer.toString(yard.world().port()));
    arguments.put("API", workbench.server().host().replaceFirst(".*:", ""));
    arguments.put("SERVER", Long.toString(workbench.server().pid()));
    arguments.put("DATA", workbench.server().data().toString());
    arguments.put("BASE", workbench.base());
    arguments.put("VICTIM", address(victim.events(running)));
    arguments.put("IMAGE", workbench.server().host() + "/victim/builds/" + id);
  }

  /** The address that a step printed, if it has one of its own. */
  private static String address(String events) {
    Matcher match = ADDRESS.matcher(events);
    return match.find() ? match.group(1) : "127.0.0.1";
  }

  /** The ground it stands on. */
  HostileGround ground() {
    return ground;
  }

  /** The server. */
  LiveServer server() {
    return workbench.server();
  }

  private String submit(ApiTenant tenant, String dockerfile)
      throws IOException, InterruptedException {
    return submit(tenant, body(Optional.empty(), dockerfile, Map.of(), List.of()));
  }

  private static String submit(ApiTenant tenant, Map<String, Object> body)
      throws IOException, InterruptedException {
    ApiTenant.Answer answer = tenant.submit(body);
    if (answer.status() != 202) {
      throw new RefusedException(answer.body());
    }
    return answer.json().path("id").asString("");
  }

  /** The server would not take it at all. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String answer) {
      super(answer);
    }
  }

  private Map<String, Object> body(
      Optional<JsonNode> source, String dockerfile, Map<String, String> more, List<String> listed) {
    Map<String, String> all = new LinkedHashMap<>(arguments);
    all.putAll(more);
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("arguments", all);
    if (!dockerfile.isEmpty()) {
      recipe.put("text", dockerfile);
    }
    String secret = yard.canaries().needle() + "-of-a-secret";
    String value = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("recipe", Map.of("dockerfile", recipe));
    body.put("inputs", Map.of("secrets", Map.of("mine", Map.of("value", value))));
    if (!listed.isEmpty()) {
      body.put("limits", Map.of("network", Map.of("allow", listed)));
    }
    source.ifPresent(s -> body.put("contexts", Map.of("", Map.of("source", s))));
    return body;
  }

  /** Builds a case and tells everything that was not as it must be; nothing: it was held. */
  List<String> run(HostileCase test, Path work) throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    List<String> values = test.each().map(HostileCase.Each::values).orElse(List.of(""));
    for (String value : values) {
      for (int round = 0; round < test.times(); round++) {
        Map<String, String> more = new LinkedHashMap<>();
        more.put("ROUND", Integer.toString(round));
        test.each().ifPresent(each -> more.put(each.argument(), TarList.expand(value, arguments)));
        found.addAll(once(test, more, work.resolve(value.replaceAll("\\W", "_") + "-" + round)));
      }
    }
    found.addAll(yard.noticed());
    JsonNode now = victim.build(running);
    if (!now.path("state").asString("").equals("building")) {
      found.add("the victim's step has ended: " + now);
    }
    return found;
  }

  private List<String> once(HostileCase test, Map<String, String> more, Path work)
      throws IOException, InterruptedException {
    Path file = test.folder().resolve("Dockerfile");
    String dockerfile = Files.exists(file) ? Files.readString(file) : "";
    Path context = HostileContext.write(test, arguments, yard.probes(), work);
    try {
      ApiTenant.Answer sent = attacker.archive(context);
      if (sent.status() != 201) {
        throw new RefusedException(sent.body());
      }
      List<String> listed =
          test.network().stream().map(entry -> TarList.expand(entry, arguments)).toList();
      String id =
          submit(attacker, body(Optional.of(sent.json().path("source")), dockerfile, more, listed));
      JsonNode build = attacker.finished(id, PATIENCE);
      return judged(test, id, build);
    } catch (RefusedException e) {
      return HostileVerdict.refused(test, String.valueOf(e.getMessage()), yard.needle());
    }
  }

  private List<String> judged(HostileCase test, String id, JsonNode build)
      throws IOException, InterruptedException {
    List<String> found =
        new ArrayList<>(
            HostileVerdict.of(
                test,
                build,
                attacker.events(id),
                yard.needle(),
                Leftovers.places(workbench.server())));
    if (build.path("state").asString("").equals("ready")) {
      for (String text : inImage(id, List.of(yard.needle()))) {
        found.add("the image contains " + text);
      }
    }
    return found;
  }

  private List<String> inImage(String id, List<String> texts)
      throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(attacker.image(id));
        var tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (!entry.isFile() || innocent.contains(entry.getName())) {
          continue;
        }
        InputStream content = new BufferedInputStream(tar);
        content.mark(2);
        boolean packed = content.read() == 0x1f && content.read() == 0x8b;
        content.reset();
        List<String> here = TextSearch.in(packed ? new GZIPInputStream(content) : content, texts);
        found.addAll(here);
        if (here.isEmpty() && entry.getName().startsWith("blobs/")) {
          innocent.add(entry.getName());
        }
      }
    }
    return found;
  }

  /** Ends the victim's step and tells what is left of all the builds. */
  List<String> aftermath() throws IOException, InterruptedException {
    List<String> found = new ArrayList<>(HostGround.examined(workbench.server()));
    leave();
    Leftovers.Found wanted = before.orElseThrow();
    Leftovers.Found left = Leftovers.settled(workbench.server(), wanted);
    if (!left.equals(wanted)) {
      found.add("left behind: " + left + ", before there were " + wanted);
    }
    if (workbench.server().log().contains(yard.needle())) {
      found.add("the server's log contains a canary: " + workbench.server().log());
    }
    if (!workbench.server().isAlive()) {
      found.add("the server is dead: " + workbench.server().log());
    }
    return found;
  }

  /** Ends the victim's step. */
  void leave() throws IOException, InterruptedException {
    if (!running.isEmpty()) {
      victim.cancel(running);
      victim.finished(running, PATIENCE);
      running = "";
    }
  }

  @Override
  public void close() throws Exception {
    // A server whose builds have ended goes at once, and takes everything with it.
    try {
      leave();
    } finally {
      closeAll(open);
    }
  }
}
