package dev.cairn.server;

import java.lang.reflect.Proxy;

/** Something that has to be handed over and is not called. */
public final class Unused {
  private Unused() {}

  /** One of these, whose every method is an error. */
  public static <T> T of(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " is not to be called");
            }));
  }
}
