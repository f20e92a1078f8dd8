package dev.cairn.service.audit;

import dev.cairn.build.TenantId;
import dev.cairn.service.Actor;
import java.nio.charset.StandardCharsets;

/**
 * What is about to be done, and by whom.
 *
 * @param tenant whose things; empty for the installation's
 * @param object cut off after {@link #LONGEST} characters; never a secret
 */
public record Deed(Action action, String tenant, String object, Actor by) {
  /** The most characters of an object that are kept. */
  public static final int LONGEST = 1024;

  public Deed {
    // What a database gives back must be what was hashed: no zeros, no halves of characters.
    object = object.replace('\0', ' ');
    object = object.length() > LONGEST ? object.substring(0, LONGEST) : object;
    object = new String(object.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** A deed of who acts on this thread, on things of a tenant. */
  public static Deed of(Action action, TenantId tenant, Object object) {
    return new Deed(action, tenant.value(), object.toString(), Actor.current());
  }

  /** A deed of who acts on this thread, on the installation. */
  public static Deed of(Action action, String object) {
    return new Deed(action, "", object, Actor.current());
  }

  /** The same deed done by another. */
  public Deed by(String token) {
    return new Deed(action, tenant, object, new Actor(token, by.request(), by.peer()));
  }

  /** The same deed on another object. */
  Deed on(String other) {
    return new Deed(action, tenant, other, by);
  }
}
