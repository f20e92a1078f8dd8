package dev.cairn.service.secret;

import dev.cairn.build.BuildId;
import dev.cairn.build.SealedBytes;
import dev.cairn.service.store.OwnerOnly;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Values that came with requests, one sealed file per build in a directory on a memory file system,
 * the key beside them. They outlive a killed process and not the machine's next boot.
 */
public final class SentValues {
  private static final String KEY = "boot.key";

  private final Path directory;
  private final SealingKey key;

  /**
   * Values in this directory, which is made with mode 0700 if it is missing.
   *
   * @throws IOException if it is not on a memory file system or cannot be used
   */
  public SentValues(Path directory) throws IOException {
    this.directory = OwnerOnly.directories(directory);
    String type = Files.getFileStore(directory).type();
    if (!type.equals("tmpfs") && !type.equals("ramfs")) {
      throw new IOException(
          "sent secrets must stay in memory, but "
              + directory
              + " is on "
              + type
              + "; name a directory on a tmpfs, as below /dev/shm");
    }
    this.key = SealingKey.open(directory.resolve(KEY));
  }

  /** Keeps the values of a build. The arrays are not kept. */
  public void put(BuildId build, Map<String, byte[]> values) {
    byte[] plain = encode(values);
    try {
      byte[] sealed = key.seal(plain, build.toString());
      Path beside = directory.resolve("." + build);
      Files.deleteIfExists(beside);
      OwnerOnly.create(beside);
      Files.write(beside, sealed, StandardOpenOption.TRUNCATE_EXISTING);
      Files.move(beside, file(build), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("sent secrets cannot be kept in " + directory, e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** The value of a build under this handle; empty if it is gone. The caller wipes it. */
  public Optional<byte[]> open(BuildId build, SealedBytes sealed) {
    return openAll(build).flatMap(values -> Optional.ofNullable(values.get(sealed.handle())));
  }

  /** All values of a build; empty if they are gone. */
  Optional<Map<String, byte[]>> openAll(BuildId build) {
    try {
      byte[] plain = key.open(Files.readAllBytes(file(build)), build.toString());
      try {
        return Optional.of(decode(plain));
      } finally {
        Arrays.fill(plain, (byte) 0);
      }
    } catch (NoSuchFileException | SealingKey.BadSealException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("sent secrets cannot be read in " + directory, e);
    }
  }

  /** Erases the values of a build. */
  public void erase(BuildId build) {
    try {
      Path file = file(build);
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.write(java.nio.ByteBuffer.allocate((int) channel.size()));
      }
      Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      // Nothing was sent, or it is erased already.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("sent secrets cannot be erased in " + directory, e);
    }
  }

  /** Erases the values of all builds that are not wanted any more, as after a crash. */
  public void sweep(Predicate<BuildId> wanted) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.matches("[0-9a-f]{32}")) {
          BuildId build = BuildId.parse(name);
          if (!wanted.test(build)) {
            erase(build);
          }
        } else if (!name.equals(KEY)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private Path file(BuildId build) {
    return directory.resolve(build.toString());
  }

  private static byte[] encode(Map<String, byte[]> values) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(values.size());
      for (var value : values.entrySet()) {
        out.writeUTF(value.getKey());
        out.writeInt(value.getValue().length);
        out.write(value.getValue());
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, byte[]> decode(byte[] plain) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(plain))) {
      var values = new java.util.HashMap<String, byte[]>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String handle = in.readUTF();
        values.put(handle, in.readNBytes(in.readInt()));
      }
      return values;
    }
  }
}
