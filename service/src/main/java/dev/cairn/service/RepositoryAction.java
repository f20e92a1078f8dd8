package dev.cairn.service;

import java.util.Arrays;
import java.util.Optional;

/** What may be done with a repository of our registry, as the scopes of its tokens spell it. */
public enum RepositoryAction {
  /** Read manifests, tags and blobs. */
  PULL("pull", Right.IMAGE_READ),
  /** Upload blobs and manifests, move tags. */
  PUSH("push", Right.IMAGE_WRITE),
  /** Delete blobs, manifests and tags. */
  DELETE("delete", Right.IMAGE_DELETE),
  /**
   * See the repository in the list of all; who may pull it may, unless only a part was asked for.
   */
  LIST("list", Right.IMAGE_READ);

  private final String text;
  private final Right right;

  RepositoryAction(String text, Right right) {
    this.text = text;
    this.right = right;
  }

  /** The spelling in scopes: {@code pull}. */
  public String text() {
    return text;
  }

  /** The right that a token needs for it besides a grant. */
  public Right right() {
    return right;
  }

  /** The action of this spelling. */
  public static Optional<RepositoryAction> of(String text) {
    return Arrays.stream(values()).filter(action -> action.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
