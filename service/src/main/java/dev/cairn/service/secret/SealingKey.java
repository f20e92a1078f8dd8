package dev.cairn.service.secret;

import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of 256 bits in a file of mode 0600, and what is done with it: AES in Galois counter mode
 * with a random nonce of 96 bits, bound to the place where the result is kept, so that it opens
 * nowhere else.
 */
public final class SealingKey {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final SecretKeySpec sealing;
  private final SecretKeySpec naming;
  private final SecureRandom random = new SecureRandom();

  private SealingKey(byte[] key) {
    this.sealing = new SecretKeySpec(derive(key, "cairn sealing 1"), "AES");
    this.naming = new SecretKeySpec(derive(key, "cairn naming 1"), "HmacSHA256");
  }

  /**
   * The key in this file, made if there is none.
   *
   * @throws IOException if the file cannot be used, or others than its owner can read it
   */
  public static SealingKey open(Path file) throws IOException {
    if (!Files.exists(file)) {
      create(file);
    }
    if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(
          "others can read the key "
              + file
              + "; set its mode to 0600 and change what it protected");
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException("the key " + file + " is damaged; restore it from a backup");
    }
    return new SealingKey(key);
  }

  /** Beside, synced, then linked into place: of two that start at once, the first one's counts. */
  private static void create(Path file) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path beside =
        file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(beside);
    OwnerOnly.create(beside);
    try (var channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(key));
      channel.force(true);
    }
    try {
      Files.createLink(file, beside);
    } catch (FileAlreadyExistsException e) {
      // The other one's key is as good.
      return;
    } finally {
      Files.delete(beside);
    }
  }

  /** Encrypts; {@code place} says where the result is kept. */
  public byte[] seal(byte[] plain, String place) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, place);
      byte[] sealed = new byte[NONCE_BYTES + cipher.getOutputSize(plain.length)];
      System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
      cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed", e);
    }
  }

  /**
   * Decrypts what {@link #seal} made for the same place.
   *
   * @throws BadSealException if it was made with another key, for another place, or changed
   */
  public byte[] open(byte[] sealed, String place) throws BadSealException {
    if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new BadSealException();
    }
    byte[] nonce = java.util.Arrays.copyOf(sealed, NONCE_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, place)
          .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
    } catch (AEADBadTagException e) {
      throw new BadSealException();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed", e);
    }
  }

  /** A name for bytes that only holders of the key can make, and that tells nothing about them. */
  public String name(String purpose, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(naming);
      mac.update(purpose.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return HexFormat.of().formatHex(mac.doFinal(bytes), 0, 16);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static byte[] derive(byte[] key, String label) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(label.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Sealed bytes that this key does not open. */
  public static final class BadSealException extends Exception {
    private static final long serialVersionUID = 1L;

    BadSealException() {
      super("the sealed value does not open with this key");
    }
  }
}
