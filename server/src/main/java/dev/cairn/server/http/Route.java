package dev.cairn.server.http;

import org.jspecify.annotations.Nullable;

/**
 * One method on one path: who may call it, how much body it reads, and what serves it. Made by
 * {@link #of} and completed by {@link #access}; the server refuses to start with an incomplete one.
 */
public final class Route {
  /** The body limit of routes that name none: 1 MiB. */
  public static final long DEFAULT_BODY = 1 << 20;

  private final Method method;
  private final PathPattern path;
  private final Handler handler;
  private @Nullable Access access;
  private long bodyLimit = DEFAULT_BODY;

  private Route(Method method, PathPattern path, Handler handler) {
    this.method = method;
    this.path = path;
    this.handler = handler;
  }

  /** A route that still lacks its access. */
  public static Route of(Method method, String path, Handler handler) {
    return new Route(method, new PathPattern(path), handler);
  }

  /** Declares who may call it. */
  public Route access(Access who) {
    this.access = who;
    return this;
  }

  /** Declares how many bytes of body are read at most. */
  public Route body(long bytes) {
    this.bodyLimit = bytes;
    return this;
  }

  /** The method. */
  public Method method() {
    return method;
  }

  /** The path. */
  public PathPattern path() {
    return path;
  }

  /**
   * Who may call it.
   *
   * @throws IllegalStateException if the route declares nothing
   */
  public Access access() {
    if (access == null) {
      throw new IllegalStateException(
          "route " + this + " declares no access; say who may call it before the server starts");
    }
    return access;
  }

  long bodyLimit() {
    return bodyLimit;
  }

  Handler handler() {
    return handler;
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
