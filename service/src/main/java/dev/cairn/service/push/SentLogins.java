package dev.cairn.service.push;

import dev.cairn.build.BuildId;
import dev.cairn.build.SealedBytes;
import dev.cairn.oci.registry.Credential;
import dev.cairn.service.PushId;
import dev.cairn.service.Pushes;
import dev.cairn.service.secret.SecretMasker;
import dev.cairn.service.secret.SentValues;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Logins that came with pushes, kept where values sent with builds are: sealed, on a memory file
 * system, outside the database. An id of a push has the form of a build's and is never one.
 */
public final class SentLogins {
  private static final SealedBytes USERNAME = new SealedBytes("username");
  private static final SealedBytes PASSWORD = new SealedBytes("password");

  private final SentValues sent;

  /** Logins kept with these values. */
  public SentLogins(SentValues sent) {
    this.sent = sent;
  }

  void put(PushId id, Pushes.SentLogin login) {
    sent.put(
        place(id),
        Map.of(
            USERNAME.handle(),
            login.username().getBytes(StandardCharsets.UTF_8),
            PASSWORD.handle(),
            login.password()));
  }

  /** Whether a push was given exactly this login, or as here none. */
  boolean same(PushId id, Optional<Pushes.SentLogin> login) {
    Optional<byte[]> username = sent.open(place(id), USERNAME);
    Optional<byte[]> password = sent.open(place(id), PASSWORD);
    if (login.isEmpty() || username.isEmpty() || password.isEmpty()) {
      return login.isEmpty() && password.isEmpty();
    }
    boolean same =
        Arrays.equals(username.get(), login.get().username().getBytes(StandardCharsets.UTF_8))
            && MessageDigest.isEqual(password.get(), login.get().password());
    Arrays.fill(password.get(), (byte) 0);
    return same;
  }

  /** The login of a push, masked from then on; empty if it is gone. */
  Optional<Credential> open(PushId id, SecretMasker masker) {
    Optional<byte[]> username = sent.open(place(id), USERNAME);
    Optional<byte[]> password = sent.open(place(id), PASSWORD);
    if (username.isEmpty() || password.isEmpty()) {
      return Optional.empty();
    }
    masker.add(password.get());
    String name = new String(username.get(), StandardCharsets.UTF_8);
    String text = new String(password.get(), StandardCharsets.UTF_8);
    Arrays.fill(password.get(), (byte) 0);
    return Optional.of(
        name.isEmpty() ? new Credential.AccessToken(text) : new Credential.Basic(name, text));
  }

  void erase(PushId id) {
    sent.erase(place(id));
  }

  private static BuildId place(PushId id) {
    return BuildId.parse(id.value());
  }
}
