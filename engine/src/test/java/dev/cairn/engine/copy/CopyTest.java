package dev.cairn.engine.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildException;
import dev.cairn.build.Phase;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyTest {
  private static final Instant NOW = Instant.ofEpochSecond(1000);

  private final MemoryTree source = new MemoryTree();
  private final MemoryTree image = new MemoryTree();

  // C.dir
  @Test
  void copiesContentsOfDirectoriesAlsoEmptyOnes() {
    source.file("d/a", "1").dir("d/empty", 0700);

    assertThat(copy("d", "/to")).containsExactly("to/", "to/a=1", "to/empty/");
    assertThat(copy("d/", "/to")).containsExactly("to/", "to/a=1", "to/empty/");
  }

  // C.multi
  @Test
  void mergesSeveralSourcesAndLetsLaterOnesWin() {
    source.file("a/x", "1").file("a/y", "2").file("b/x", "3");

    assertThat(copy(List.of("a", "b"), "/to/")).containsExactly("to/", "to/x=3", "to/y=2");
  }

  // C.multi
  @Test
  void lastOfSeveralFilesWinsOnPlainDestination() {
    source.file("a", "1").file("b", "2");

    assertThat(copy(List.of("a", "b"), "/to")).containsExactly("to=2");
  }

  // C.dest-slash
  @ParameterizedTest
  @CsvSource({
    "/to, to=1",
    "/to/, to/;to/f=1",
    "/to/., to/;to/f=1",
    "/dir, dir/;dir/f=1",
    "/dir/other, dir/;dir/other=1",
    "/, f=1",
    "/x/../../y, y=1",
  })
  void takesSlashForDirectory(String destination, String expected) {
    source.file("f", "1");
    image.dir("dir", 0755);

    assertThat(copy("f", destination)).containsExactly(expected.split(";"));
  }

  // C.dest-symlink
  @ParameterizedTest
  @CsvSource({
    "/link/, data/;data/f=1",
    "/link, data/;data/f=1",
    "/up/x, x=1",
    "/abs/sub/, data/;data/sub/;data/sub/f=1",
    "/file-link, target=1",
    "/dangling/, nowhere/;nowhere/f=1",
  })
  void followsLinksOfTheDestinationInsideTheRoot(String destination, String expected) {
    source.file("f", "1");
    image.dir("data", 0755).link("link", "data").link("up", "../../..").link("abs", "/data");
    image.file("target", "old").link("file-link", "target").link("dangling", "/nowhere");

    assertThat(copy("f", destination)).containsExactly(expected.split(";"));
  }

  // C.dest-symlink: a link that the name of a source lands on is replaced, not followed
  @Test
  void replacesLinkInsideTheDestination() {
    source.file("f", "1");
    image.dir("d", 0755).link("d/f", "/etc/shadow");

    assertThat(copy("f", "/d/")).containsExactly("d/", "d/f=1");
  }

  @Test
  void refusesLoopsOfLinks() {
    source.file("f", "1");
    image.link("a", "b").link("b", "a");

    assertThatThrownBy(() -> copy("f", "/a/x"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("too many symbolic links");
  }

  // C.clip, C.src-escape
  @ParameterizedTest
  @CsvSource({"../../f", "/f", "./f", "sub/../f", "esc", "abs"})
  void sourcesStayInsideTheirRoot(String pattern) {
    source.file("f", "1").link("esc", "../../../f").link("abs", "/f");

    assertThat(copy(pattern, "/to")).containsExactly("to=1");
  }

  // C.src-symlink
  @Test
  void followsNamedLinksButKeepsThoseBelow() {
    source.file("d/a", "1").link("d/l", "gone").link("link", "d").link("one", "d/a");

    assertThat(copy("link", "/to")).containsExactly("to/", "to/a=1", "to/l->gone");
    assertThat(copy("one", "/to/")).containsExactly("to/", "to/one=1");
  }

  // C.symlink
  @Test
  void changesOwnerOfLinksButNotTheirMode() {
    source.link("d/l", "gone");
    var operation = with(CopyOperation.of("d", "/to"), Optional.of("5:6"), Optional.of("600"));

    Node link = node(plan(operation), "to/l");

    assertThat(link.attributes().uid()).isEqualTo(5);
    assertThat(link.attributes().mode()).isEqualTo(0777);
  }

  // C.glob
  @ParameterizedTest
  @CsvSource({
    "*.txt, to/;to/a.txt=1;to/b.txt=2",
    "?.txt, to/;to/a.txt=1;to/b.txt=2",
    "[b-c].txt, to/;to/b.txt=2",
    "[^a].txt, to/;to/b.txt=2",
    "*/x, to/;to/x=5",
    ".h*, to/;to/.hidden=3",
    "d*, to/;to/x=4",
    "*/*, to/;to/x=5",
    "li*, to/;to/x=4",
  })
  void matchesWildcards(String pattern, String expected) {
    source.file("a.txt", "1").file("b.txt", "2").file(".hidden", "3").file("d/x", "4");
    source.link("link", "d").file("e/x", "5");

    assertThat(copy(pattern, "/to/")).containsExactly(expected.split(";"));
  }

  // C.glob-empty
  @Test
  void wildcardMayMatchNothingButPathMayNotBeMissing() {
    assertThat(copy("no*", "/to/")).isEmpty();
    assertThat(copy("[", "/to/")).isEmpty();
    assertThatThrownBy(() -> copy("no", "/to/")).hasMessage("\"/no\": not found");
  }

  // C.glob: the part before the wildcard has to be there
  @Test
  void wildcardBelowMissingDirectoryIsAnError() {
    assertThatThrownBy(() -> copy("gone/*.txt", "/to/")).hasMessageContaining("not found");
  }

  // E.not-found
  @Test
  void saysThatMissingPathIsIgnored() {
    source.file("secret", "1");
    var view = ContextView.of(source, "", ignore("secret"), ".dockerignore");
    var operation = withPlace(CopyOperation.of("secret", "/to"));

    assertThatThrownBy(() -> Selection.of(operation, view, Map.of()))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              var failure = e.toFailure(Phase.STEPS, 1, 3);
              assertThat(failure.sentence())
                  .isEqualTo("\"/secret\": not found: it is excluded by .dockerignore");
              assertThat(failure.place()).contains("Dockerfile:7");
              assertThat(failure.code()).isEqualTo("not-found");
            });
  }

  // C.meta
  @Test
  void keepsModesAndTimesAndGivesContextToRoot() {
    source.file("d/f", "1", MemoryTree.attributes(04755).withOwner(7, 8), 0);
    var view = ContextView.of(source, "", IgnoreFile.NONE, "");
    var fromContext = plan(CopyOperation.of("d", "/to"), view);
    var fromStage = plan(CopyOperation.of("d", "/to"));

    assertThat(node(fromContext, "to/f").attributes()).isEqualTo(MemoryTree.attributes(04755));
    assertThat(node(fromStage, "to/f").attributes().uid()).isEqualTo(7);
  }

  // C.dir-mode
  @Test
  void keepsTopDirectoryThatIsThereAndOverwritesThoseBelow() {
    source.dir("d", 0700).dir("d/sub", 0711).file("d/sub/f", "1");
    image.dir("to", 01777, 3, 4).dir("to/sub", 0755, 3, 4);

    var plan = plan(CopyOperation.of("d", "/to"));

    assertThat(node(plan, "to").attributes().mode()).isEqualTo(01777);
    assertThat(node(plan, "to").attributes().uid()).isEqualTo(3);
    assertThat(node(plan, "to/sub").attributes()).isEqualTo(MemoryTree.attributes(0711));
  }

  // C.dir-mode: as BuildKit makes it, the new top directory is the builder's own
  @Test
  void newTopDirectoryIsMadeLikeAParent() {
    source.dir("d", 0700).dir("d/sub", 0711);

    var plan = plan(CopyOperation.of("d", "/new"));

    assertThat(node(plan, "new").attributes()).isEqualTo(MemoryTree.attributes(0755));
    assertThat(node(plan, "new/sub").attributes().mode()).isEqualTo(0711);
  }

  // C.parents-mode, C.chown, C.chmod-parents
  @Test
  void makesParentsWithOwnerAndOctalMode() {
    source.file("f", "1");
    var plain = plan(CopyOperation.of("f", "/a/b/f"));
    var changed =
        plan(with(CopyOperation.of("f", "/a/b/f"), Optional.of("5:6"), Optional.of("4640")));
    var symbolic = plan(with(CopyOperation.of("f", "/a/f"), Optional.empty(), Optional.of("+x")));

    assertThat(node(plain, "a/b").attributes().mode()).isEqualTo(0755);
    assertThat(node(plain, "a/b").attributes().mtimeSeconds()).isEqualTo(1000);
    assertThat(node(changed, "a/b").attributes().mode()).isEqualTo(0640);
    assertThat(node(changed, "a/b").attributes().gid()).isEqualTo(6);
    assertThat(node(changed, "a/b/f").attributes().mode()).isEqualTo(04640);
    assertThat(node(symbolic, "a").attributes().mode()).isEqualTo(0755);
  }

  // C.chmod, C.chmod-symbolic
  @ParameterizedTest
  @CsvSource({"7777, 7777, 7777", "'u=rwX,go=rX', 644, 755", "+x, 755, 711", "g=u, 664, 770"})
  void changesModes(String chmod, String file, String directory) {
    source.dir("d/sub", 0700).file("d/f", "1");

    var plan = plan(with(CopyOperation.of("d", "/to"), Optional.empty(), Optional.of(chmod)));

    assertThat(Integer.toOctalString(node(plan, "to/f").attributes().mode())).isEqualTo(file);
    assertThat(Integer.toOctalString(node(plan, "to/sub").attributes().mode()))
        .isEqualTo(directory);
  }

  // C.chown, C.chown-unknown
  @ParameterizedTest
  @CsvSource({"app, 10, 20", "app:web, 10, 30", "ghost, 0, 0", "7, 7, 7"})
  void looksUpOwnersInTheDestination(String chown, long uid, long gid) {
    source.file("f", "1");
    image.file("etc/passwd", "app:x:10:20::/:\n").file("etc/group", "web:x:30:\n");

    var plan = plan(with(CopyOperation.of("f", "/f"), Optional.of(chown), Optional.empty()));

    assertThat(node(plan, "f").attributes().uid()).isEqualTo(uid);
    assertThat(node(plan, "f").attributes().gid()).isEqualTo(gid);
  }

  // C.overwrite
  @Test
  void replacesFilesWhole() {
    source.file("f", "new", 0600, 0);
    image.file("f", "old", MemoryTree.attributes(0755).withOwner(9, 9), 0);

    var plan = plan(CopyOperation.of("f", "/f"));

    assertThat(shown(plan)).containsExactly("f=new");
    assertThat(node(plan, "f").attributes()).isEqualTo(MemoryTree.attributes(0600));
  }

  // E.dir-over-file, E.file-over-dir
  @Test
  void refusesTypesThatDoNotFit() {
    source.file("d/x/y", "1").file("e/x", "1");
    image.file("to/x", "file").dir("too/x", 0755).file("plain", "");

    assertThatThrownBy(() -> copy("d", "/to")).hasMessage("cannot copy to non-directory: '/to/x'");
    assertThatThrownBy(() -> copy("e", "/too"))
        .hasMessage("cannot replace to directory '/too/x' with file");
    assertThatThrownBy(() -> copy("d", "/plain"))
        .hasMessage("cannot copy to non-directory: '/plain'");
    assertThatThrownBy(() -> copy("d", "/plain/x")).hasMessage("mkdir '/plain': not a directory");
  }

  // C.hardlink
  @Test
  void keepsHardLinksInsideOneCopy() {
    source.file("d/a", "1", 0644, 1).file("d/b", "1", 0644, 1).file("e/a", "2");

    assertThat(copy("d", "/to")).containsExactly("to/", "to/a=1", "to/b=>to/a");
    // Names of a file that was replaced meanwhile keep their content.
    assertThat(copy(List.of("d", "e"), "/to/")).containsExactly("to/", "to/a=2", "to/b=1");
  }

  // C.special, L.special
  @Test
  void keepsSpecialFiles() {
    source.fifo("d/pipe");

    assertThat(copy("d", "/to")).containsExactly("to/", "to/pipe named pipe");
  }

  // C.xattr
  @Test
  void keepsOnlyCapabilitiesAndNoneOfTheContext() {
    source.file("d/f", "1");
    source.xattrs(
        "d/f", Map.of("security.capability", new byte[] {1}, "user.note", new byte[] {2}));
    var view = ContextView.of(source, "", IgnoreFile.NONE, "");

    var fromStage = node(plan(CopyOperation.of("d", "/to")), "to/f");
    var fromContext = node(plan(CopyOperation.of("d", "/to"), view), "to/f");

    assertThat(fromStage.attributes().xattrs().names()).containsExactly("security.capability");
    assertThat(fromContext.attributes().xattrs().isEmpty()).isTrue();
  }

  // C.root, L.minimal
  @Test
  void mergesIntoTheRootWithoutAnEntryForIt() {
    source.file("d/etc/f", "1");
    image.dir("etc", 0700);

    var plan = plan(CopyOperation.of("d", "/"));

    assertThat(shown(plan)).containsExactly("etc/", "etc/f=1");
  }

  // Merged views, (a): what a layer passes through keeps its attributes
  @Test
  void carriesParentsWithTheirMergedAttributes() {
    source.file("f", "1");
    image.dir("tmp", 01777, 1, 2);

    assertThat(node(plan(CopyOperation.of("f", "/tmp/f")), "tmp").attributes())
        .isEqualTo(MemoryTree.attributes(01777).withOwner(1, 2));
  }

  // C.exclude, G.exclude
  @Test
  void leavesOutWhatIsExcluded() {
    source.file("d/a.md", "1").file("d/b.txt", "2").file("d/s/c.md", "3").file("d/s/d.txt", "4");
    var plain = excluding(CopyOperation.of("d", "/to"), "**/*.md");
    var directory = excluding(CopyOperation.of("d", "/to"), "s", "!s/c.md");

    assertThat(shown(plan(plain))).containsExactly("to/", "to/b.txt=2", "to/s/", "to/s/d.txt=4");
    assertThat(shown(plan(directory)))
        .containsExactly("to/", "to/a.md=1", "to/b.txt=2", "to/s/", "to/s/c.md=3");
  }

  // C.parents
  @ParameterizedTest
  @CsvSource({
    "x/a.txt, to/;to/x/;to/x/a.txt=1",
    "x/./y/b.txt, to/;to/y/;to/y/b.txt=2",
    "x/*.txt, to/;to/x/;to/x/a.txt=1",
    "**/*.txt, to/;to/x/;to/x/a.txt=1;to/x/y/;to/x/y/b.txt=2",
    "x/y, to/;to/x/;to/x/y/;to/x/y/b.txt=2",
    "x/y/, to/;to/x/;to/x/y/;to/x/y/b.txt=2",
  })
  void keepsPathsOfSources(String pattern, String expected) {
    source.dir("x", 0711).file("x/a.txt", "1").file("x/y/b.txt", "2");

    var plan = plan(parents(CopyOperation.of(pattern, "/to/")));

    assertThat(shown(plan)).containsExactly(expected.split(";"));
  }

  // C.parents
  @Test
  void parentsKeepTheirModesAndHaveToBeThere() {
    source.dir("x", 0711).file("x/a.txt", "1");

    assertThat(node(plan(parents(CopyOperation.of("x/a.txt", "/to/"))), "to/x").attributes().mode())
        .isEqualTo(0711);
    assertThatThrownBy(() -> plan(parents(CopyOperation.of("x/gone", "/to/"))))
        .hasMessage("\"/x/gone\": not found");
  }

  // C.link
  @Test
  void linkLooksAtNothingOfTheDestination() {
    source.file("f", "1");
    image.link("d", "/elsewhere");
    var link = linked(CopyOperation.of("f", "/d/f"));

    assertThat(shown(plan(link))).containsExactly("d/", "d/f=1");
    assertThat(plan(link).facts())
        .isEqualTo(planner().plan(link, select(link, source), EmptyTree.INSTANCE, NOW).facts());
    assertThat(shown(plan(with(link, Optional.empty(), Optional.of("600")))))
        .containsExactly("elsewhere/", "elsewhere/f=1");
    assertThatThrownBy(() -> plan(with(link, Optional.of("app"), Optional.empty())))
        .hasMessageContaining("invalid user index");
  }

  // H.copy, H.multi, H.empty
  @Test
  void writesHeredocs() {
    var operation =
        new CopyOperation(
            List.of(
                new CopySource.Files("f", false),
                new CopySource.Inline("ONE", "body\n"),
                new CopySource.Inline("TWO", "")),
            "/to/",
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            false,
            "");
    source.file("f", "1");

    var plan = plan(operation);

    assertThat(shown(plan)).containsExactly("to/", "to/ONE=body\n", "to/TWO=", "to/f=1");
    assertThat(node(plan, "to/ONE").attributes().mode()).isEqualTo(0644);
  }

  // L.tar, C.names
  @Test
  void putsParentsBeforeChildren() {
    source.file("d/a-b/x", "1").file("d/a/x", "2").file("d/a.b", "3").file("d/\uDC80\n", "4");

    assertThat(copy("d", "/to"))
        .containsExactly(
            "to/", "to/a/", "to/a/x=2", "to/a-b/", "to/a-b/x=1", "to/a.b=3", "to/\uDC80\n=4");
  }

  // K.copy
  @Test
  void digestCoversWhatIsCopiedButNoTimes() {
    source.file("d/f", "1").file("other", "1");
    var digest = select(CopyOperation.of("d", "/to"), source).digest();
    var later = MemoryTree.attributes(0644).withMtime(500, 0);

    source.file("other", "changed").file("d/f", "1", later, 0);
    assertThat(select(CopyOperation.of("d", "/to"), source).digest()).isEqualTo(digest);

    source.file("d/f", "1", 0600, 0);
    assertThat(select(CopyOperation.of("d", "/to"), source).digest()).isNotEqualTo(digest);
    source.file("d/f", "2");
    assertThat(select(CopyOperation.of("d", "/to"), source).digest()).isNotEqualTo(digest);
    source.file("d/f", "1");
    assertThat(select(CopyOperation.of("d/f", "/to"), source).digest())
        .isNotEqualTo(select(CopyOperation.of("other", "/to"), source).digest());
  }

  // Keys: a copy may be put on another parent whose facts are the same
  @Test
  void factsAreWhatWasReadOfTheDestination() {
    source.file("f", "1");
    image.dir("app", 0755).file("unrelated", "x");
    var operation = CopyOperation.of("f", "/app/f");
    var facts = plan(operation).facts();

    image.file("unrelated", "y").file("app/other", "z");
    assertThat(plan(operation).facts()).isEqualTo(facts);
    image.dir("app", 0700);
    assertThat(plan(operation).facts()).isNotEqualTo(facts);
    image.dir("app", 0755).link("app/f", "/etc");
    assertThat(plan(operation).facts()).isNotEqualTo(facts);
  }

  // The layer carries /app as it is; a time of its own only counts where times are the build's.
  @Test
  void timesOfCarriedDirectoriesAreFactsOfTheirOwn() {
    source.file("f", "1");
    image.dir("app", 0755);
    var plan = plan(CopyOperation.of("f", "/app/f"));
    image.dir("app", 0755, Instant.ofEpochSecond(7));
    var later = plan(CopyOperation.of("f", "/app/f"));
    assertThat(later.facts()).isEqualTo(plan.facts());
    assertThat(later.factsWithTimes()).isNotEqualTo(plan.factsWithTimes());
    image.dir("elsewhere", 0755, Instant.ofEpochSecond(9));
    assertThat(plan(CopyOperation.of("f", "/app/f")).factsWithTimes())
        .isEqualTo(later.factsWithTimes());
  }

  // K.chown-name
  @Test
  void accountFilesAreFactsOnlyForNames() {
    source.file("f", "1");
    var named = with(CopyOperation.of("f", "/f"), Optional.of("app"), Optional.empty());
    var numbered = with(CopyOperation.of("f", "/f"), Optional.of("1:2"), Optional.empty());
    var facts = List.of(plan(named).facts(), plan(numbered).facts());

    image.file("etc/passwd", "app:x:1:1\n");

    assertThat(plan(named).facts()).isNotEqualTo(facts.getFirst());
    assertThat(plan(numbered).facts()).isEqualTo(facts.getLast());
  }

  // I.WORKDIR
  @Test
  void makesWorkingDirectories() {
    image.dir("srv", 0700).link("lnk", "/srv").file("etc/passwd", "app:x:10:20::/:\n");

    var plan = CopyPlanner.makeDirectory("/lnk/a/b", "app", "", image, NOW);

    assertThat(shown(plan)).containsExactly("srv/", "srv/a/", "srv/a/b/");
    assertThat(node(plan, "srv").attributes().mode()).isEqualTo(0700);
    assertThat(node(plan, "srv/a/b").attributes().gid()).isEqualTo(20);
    assertThat(CopyPlanner.makeDirectory("/srv", "app", "", image, NOW).entries()).isEmpty();
  }

  // C.many
  @Test
  void plansThousandsOfFiles() {
    var nodes = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      nodes.add("d/" + i);
    }
    nodes.forEach(path -> source.file(path, "x"));

    assertThat(copy("d", "/to")).hasSize(301);
  }

  private List<String> copy(String pattern, String destination) {
    return shown(plan(CopyOperation.of(pattern, destination)));
  }

  private List<String> copy(List<String> patterns, String destination) {
    List<CopySource> sources =
        patterns.stream().<CopySource>map(p -> new CopySource.Files(p, false)).toList();
    return shown(
        plan(
            new CopyOperation(
                sources,
                destination,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                false,
                "")));
  }

  private LayerPlan plan(CopyOperation operation) {
    return plan(operation, source);
  }

  private LayerPlan plan(CopyOperation operation, FileTree from) {
    return planner().plan(operation, select(operation, from), image, NOW);
  }

  private static CopyPlanner planner() {
    return new CopyPlanner(Archives.NONE);
  }

  private static Selection select(CopyOperation operation, FileTree from) {
    return Selection.of(operation, from, Map.of());
  }

  private static Node node(LayerPlan plan, String path) {
    return plan.entries().stream()
        .map(PlannedEntry::node)
        .filter(node -> node.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + path + " in " + shown(plan)));
  }

  static List<String> shown(LayerPlan plan) {
    return plan.entries().stream().map(CopyTest::shown).toList();
  }

  private static String shown(PlannedEntry entry) {
    String path = entry.node().path();
    return switch (entry.node().body()) {
      case Node.Body.Directory() -> path + "/";
      case Node.Body.File file -> path + "=" + content(entry.origin().orElseThrow());
      case Node.Body.Symlink link -> path + "->" + link.target();
      case Node.Body.HardLink link -> path + "=>" + link.target();
      case Node.Body.Special special -> path + " " + special.type().label();
    };
  }

  private static String content(Origin origin) {
    try (var in = origin.tree().open(origin.file())) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static IgnoreFile ignore(String lines) {
    return IgnoreFile.parse(lines.getBytes(UTF_8));
  }

  private static CopyOperation with(
      CopyOperation o, Optional<String> chown, Optional<String> chmod) {
    return new CopyOperation(
        o.sources(), o.destination(), chown, chmod, o.excludes(), o.parents(), o.link(), o.place());
  }

  private static CopyOperation excluding(CopyOperation o, String... patterns) {
    return new CopyOperation(
        o.sources(),
        o.destination(),
        o.chown(),
        o.chmod(),
        List.of(patterns),
        o.parents(),
        o.link(),
        o.place());
  }

  private static CopyOperation parents(CopyOperation o) {
    return new CopyOperation(
        o.sources(),
        o.destination(),
        o.chown(),
        o.chmod(),
        o.excludes(),
        true,
        o.link(),
        o.place());
  }

  private static CopyOperation linked(CopyOperation o) {
    return new CopyOperation(
        o.sources(),
        o.destination(),
        o.chown(),
        o.chmod(),
        o.excludes(),
        o.parents(),
        true,
        o.place());
  }

  private static CopyOperation withPlace(CopyOperation o) {
    return new CopyOperation(
        o.sources(),
        o.destination(),
        o.chown(),
        o.chmod(),
        o.excludes(),
        o.parents(),
        o.link(),
        "Dockerfile:7");
  }
}
