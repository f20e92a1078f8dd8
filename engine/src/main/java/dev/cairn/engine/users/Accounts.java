package dev.cairn.engine.users;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The users and groups of one image, from the bytes of its {@code /etc/passwd} and group file. */
public final class Accounts {
  /** An image that has neither file. */
  public static final Accounts NONE = of(Optional.empty(), Optional.empty());

  private static final String NO_HOME = "/";

  /** The highest number that runtimes take for a process (config.md: uid and gid are int). */
  private static final long HIGHEST = Integer.MAX_VALUE;

  private final List<String[]> users;
  private final List<String[]> groups;

  private final Digest identity;

  private Accounts(List<String[]> users, List<String[]> groups, Digest identity) {
    this.users = users;
    this.groups = groups;
    this.identity = identity;
  }

  /** Reads both files; a missing one has no entries. Only the first 10 MiB count. */
  public static Accounts of(Optional<byte[]> passwd, Optional<byte[]> group) {
    return new Accounts(
        passwd.map(bytes -> AccountFile.lines(bytes, 7, false)).orElse(List.of()),
        group.map(bytes -> AccountFile.lines(bytes, 4, true)).orElse(List.of()),
        identityOf(passwd, group));
  }

  /** Reads both files of a tree, links followed inside it; what is no regular file is missing. */
  public static Accounts read(FileTree tree) throws IOException {
    return of(file(tree, "etc/passwd"), file(tree, "etc/group"));
  }

  private static Optional<byte[]> file(FileTree tree, String path) throws IOException {
    Optional<Node> node = tree.resolve(path, true).node();
    if (node.isEmpty() || !(node.get().body() instanceof Node.Body.File)) {
      return Optional.empty();
    }
    try (var in = tree.open(node.get())) {
      return Optional.of(in.readNBytes(AccountFile.MOST_BYTES));
    }
  }

  private static Digest identityOf(Optional<byte[]> passwd, Optional<byte[]> group) {
    var hasher = Digest.newHasher();
    for (Optional<byte[]> file : List.of(passwd, group)) {
      String digest = file.map(bytes -> Digest.sha256(bytes).hex()).orElse("absent");
      hasher.update((digest + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    return hasher.finish();
  }

  /** Stands for the content of both files in a step's key. */
  public Digest identity() {
    return identity;
  }

  /** Whether {@code --chown} names somebody, so that the files have to be read. */
  public static boolean namesSomebody(String chown) {
    return chown
        .lines()
        .flatMap(line -> List.of(line.split(":", 2)).stream())
        .anyMatch(part -> !part.isEmpty() && number(part).isEmpty());
  }

  /**
   * Whom {@code --chown=user[:group]} or the USER in force means for new files. Unknown names are
   * root without an error, as BuildKit has it; a number without a group is also the group.
   */
  public Owner owner(String chown) {
    String[] parts = chown.split(":", 2);
    long uid = 0;
    long gid = 0;
    OptionalLong number = number(parts[0]);
    if (number.isPresent()) {
      uid = number.getAsLong();
      gid = uid;
    } else {
      Optional<String[]> user = userNamed(parts[0]);
      uid = user.map(line -> AccountFile.number(line, 2)).orElse(0L);
      gid = user.map(line -> AccountFile.number(line, 3)).orElse(0L);
    }
    if (parts.length == 2) {
      OptionalLong group = number(parts[1]);
      if (group.isPresent()) {
        gid = group.getAsLong();
      } else {
        gid = groupNamed(parts[1]).map(line -> AccountFile.number(line, 2)).orElse(gid);
      }
    }
    return new Owner(uid, gid);
  }

  /**
   * As whom a RUN under {@code USER user} runs: a name's own groups, or exactly the group that is
   * given.
   *
   * @param user {@code user}, {@code uid}, {@code user:group}, …; "" is the superuser
   * @throws UnknownUserException if a name is not in the image's files
   */
  public ProcessUser process(String user) throws UnknownUserException {
    String[] parts = (user.isEmpty() ? "0" : user).split(":", 2);
    OptionalLong uid = Ids.parse(parts[0]);
    Optional<String[]> entry =
        uid.isPresent() || parts[0].isEmpty() ? userNumbered(uid.orElse(0)) : userNamed(parts[0]);
    if (entry.isEmpty() && uid.isEmpty() && !parts[0].isEmpty()) {
      // "root" is known to be 0 only together with a group that needs no look-up either.
      if (parts.length == 2 && parts[0].equals("root") && number(parts[1]).isPresent()) {
        return processOf(0, number(parts[1]).getAsLong(), List.of());
      }
      throw new UnknownUserException(
          "unable to find user "
              + parts[0]
              + ": it is not in the image's /etc/passwd; create it in an earlier RUN or give its"
              + " number");
    }
    long id = entry.map(line -> AccountFile.number(line, 2)).orElse(uid.orElse(0));
    if (parts.length == 2 && !parts[1].isEmpty()) {
      return processOf(id, explicitGroup(parts[1]), List.of());
    }
    long gid = entry.map(line -> AccountFile.number(line, 3)).orElse(0L);
    return processOf(
        id, gid, entry.map(line -> groupsOf(AccountFile.field(line, 0))).orElse(List.of()));
  }

  private ProcessUser processOf(long uid, long gid, List<Long> supplementary)
      throws UnknownUserException {
    String home =
        userNumbered(uid)
            .map(line -> AccountFile.text(AccountFile.field(line, 5)))
            .filter(text -> text.startsWith("/"))
            .orElse(NO_HOME);
    // The primary group is among the supplementary ones, as login programs have it.
    var groups = new LinkedHashSet<Long>();
    groups.add(gid);
    groups.addAll(supplementary);
    if (uid > HIGHEST || groups.stream().anyMatch(id -> id > HIGHEST)) {
      throw new UnknownUserException(
          "a process cannot be user "
              + uid
              + " with groups "
              + groups
              + ": numbers of users and groups are 0 to "
              + HIGHEST);
    }
    return new ProcessUser(uid, gid, List.copyOf(groups), home);
  }

  private long explicitGroup(String group) throws UnknownUserException {
    OptionalLong gid = Ids.parse(group);
    if (gid.isPresent()) {
      return gid.getAsLong();
    }
    return groupNamed(group)
        .map(line -> AccountFile.number(line, 2))
        .orElseThrow(() ->
            new UnknownUserException(
                "unable to find group "
                    + group
                    + ": it is not in the image's /etc/group; create it in an earlier RUN or"
                    + " give its number"));
  }

  private List<Long> groupsOf(String rawName) {
    var found = new LinkedHashSet<Long>();
    for (String[] line : groups) {
      if (List.of(AccountFile.field(line, 3).split(",")).contains(rawName)) {
        found.add(AccountFile.number(line, 2));
      }
    }
    return List.copyOf(found);
  }

  private Optional<String[]> userNamed(String name) {
    return first(users, AccountFile.raw(name));
  }

  private Optional<String[]> groupNamed(String name) {
    return first(groups, AccountFile.raw(name));
  }

  private Optional<String[]> userNumbered(long uid) {
    return users.stream().filter(line -> AccountFile.number(line, 2) == uid).findFirst();
  }

  private static Optional<String[]> first(List<String[]> lines, String rawName) {
    return lines.stream().filter(line -> line[0].equals(rawName)).findFirst();
  }

  /** Root needs no file. */
  private static OptionalLong number(String text) {
    return text.equals("root") ? OptionalLong.of(0) : Ids.parse(text);
  }
}
