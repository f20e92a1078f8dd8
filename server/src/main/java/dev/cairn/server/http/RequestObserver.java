package dev.cairn.server.http;

/** Hears of every finished request, for metrics. */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request ended.
   *
   * @param method the method, or {@code OTHER}
   * @param route the route's pattern; empty if none fitted
   * @param status the status sent; 0 if the connection was cut before
   * @param nanos how long it took
   */
  void finished(String method, String route, int status, long nanos);
}
