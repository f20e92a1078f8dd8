package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.engine.users.Accounts;
import dev.cairn.engine.users.Owner;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;

/**
 * Lays a selection over a destination. Pure: only indexes are read, and archives where unpacked.
 */
public final class CopyPlanner {
  private final Archives archives;

  /** A planner that unpacks with these archives. */
  public CopyPlanner(Archives archives) {
    this.archives = archives;
  }

  /**
   * The layer that the operation makes.
   *
   * @param selection what the operation reads
   * @param destination the merged tree of the parent; with {@code --link} it is not looked at
   * @param created the time of directories that are made on the way
   * @throws BuildException of kind INPUT at the operation's place, if it does not fit on what is
   *     there
   */
  public LayerPlan plan(
      CopyOperation operation, Selection selection, FileTree destination, Instant created) {
    var facts = new Facts();
    FileTree below = operation.isLink() ? EmptyTree.INSTANCE : destination;
    try {
      Optional<Owner> owner = owner(operation, below, facts);
      var view = new DestinationView(below, facts);
      var directories = new DirectoryMaker(view, owner, created);
      var copier = new Copier(view, directories, owner, operation.mode());
      var extractor = new Extractor(view, directories, owner);
      for (Match match : selection.matches()) {
        Optional<FileTree> archive = archiveOf(match);
        if (archive.isPresent()) {
          extractor.extract(archive.get(), operation.destination());
        } else {
          copier.copy(match, operation.destination());
        }
      }
      return finished(view, facts);
    } catch (CopyProblem e) {
      throw e.at(operation.place());
    } catch (IOException e) {
      throw BuildException.of(FailureKind.INPUT, "copy")
          .at(operation.place())
          .cause(e)
          .sentence("The copy failed: " + e.getMessage() + ".");
    }
  }

  /**
   * The layer of a WORKDIR: the directory and its missing parents, 0755 and owned by the user in
   * force; directories that are there stay as they are. The entries are empty if all exist.
   *
   * @param path absolute
   * @param user the USER in force, "" for root
   * @throws BuildException of kind INPUT if something else is in the way
   */
  public static LayerPlan makeDirectory(
      String path, String user, String place, FileTree destination, Instant created) {
    var facts = new Facts();
    try {
      Optional<Owner> owner =
          user.isEmpty() ? Optional.empty() : Optional.of(lookUp(user, destination, facts));
      var view = new DestinationView(destination, facts);
      var directories = new DirectoryMaker(view, owner, created);
      directories.make(directories.resolve(path), DirectoryMaker.DEFAULT_MODE);
      return finished(view, facts);
    } catch (CopyProblem e) {
      throw e.at(place);
    } catch (IOException e) {
      throw BuildException.of(FailureKind.INPUT, "workdir")
          .at(place)
          .cause(e)
          .sentence("The directory cannot be made: " + e.getMessage() + ".");
    }
  }

  private Optional<FileTree> archiveOf(Match match) throws IOException {
    return match.unpack() && match.top().body() instanceof Node.Body.File
        ? archives.read(match.tree(), match.top())
        : Optional.empty();
  }

  private static Optional<Owner> owner(CopyOperation operation, FileTree below, Facts facts)
      throws IOException {
    if (operation.chown().isEmpty()) {
      return Optional.empty();
    }
    String chown = operation.chown().get();
    if (operation.isLink() && Accounts.namesSomebody(chown)) {
      throw new CopyProblem(
          "chown",
          "invalid user index: --link makes a layer without looking at the image, so --chown="
              + chown
              + " cannot be looked up",
          "Give numbers, or leave --link out.");
    }
    return Optional.of(lookUp(chown, below, facts));
  }

  private static Owner lookUp(String chown, FileTree below, Facts facts) throws IOException {
    if (!Accounts.namesSomebody(chown)) {
      return Accounts.NONE.owner(chown);
    }
    Accounts accounts = Accounts.read(below);
    facts.noteAccounts(accounts.identity());
    return accounts.owner(chown);
  }

  /** Gives later names of one file to the first in the order of the layer. */
  private static LayerPlan finished(DestinationView view, Facts facts) {
    var firstNames = new HashMap<Integer, String>();
    var entries = new ArrayList<PlannedEntry>();
    for (DestinationView.Written written : view.finish().values()) {
      Node node = written.node();
      String first =
          written.file() == 0
              ? node.path()
              : firstNames.computeIfAbsent(written.file(), f -> node.path());
      if (first.equals(node.path())) {
        entries.add(new PlannedEntry(node, written.origin()));
      } else {
        entries.add(new PlannedEntry(node.with(new Node.Body.HardLink(first)), Optional.empty()));
      }
    }
    return new LayerPlan(entries, view.opaque(), facts.digest(), facts.digestWithTimes());
  }
}
