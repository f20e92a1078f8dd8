package dev.cairn.app.server;

import dev.cairn.linux.sys.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes keys and certificates with the JDK's own {@code keytool}. */
final class KeyTool {
  static final String TYPE = "PKCS12";
  static final String SERVER = "server";
  static final String SERVER_KEY = "server.p12";

  /** The format wants one; what protects the keys is the mode of their files and directory. */
  static final String PASSWORD = "the-files-mode-protects-it";

  private static final String AUTHORITY = "authority";
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int AUTHORITY_DAYS = 3650;

  private final Path directory;

  KeyTool(Path directory) {
    this.directory = directory;
  }

  /** Makes the authority; its certificate is there last. */
  void makeAuthority() throws IOException {
    Path key = fresh("authority.p12");
    run(
        key,
        AUTHORITY,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-sigalg",
        "SHA256withECDSA",
        "-dname",
        "CN=Cairn's own authority",
        "-validity",
        Integer.toString(AUTHORITY_DAYS),
        "-ext",
        "bc:c=ca:true,pathlen:0",
        "-ext",
        "ku:c=keyCertSign,cRLSign");
    Path certificate = fresh("authority.crt");
    run(key, AUTHORITY, "-exportcert", "-rfc", "-file", certificate.toString());
    publish(key, "authority.p12");
    publish(certificate, "authority.crt");
  }

  /** Makes the server's certificate for these names; it is there last. */
  void makeServer(Set<String> names, Duration life) throws IOException {
    Path key = fresh(SERVER_KEY);
    String days = Long.toString(life.toDays());
    run(
        key,
        SERVER,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=Cairn",
        "-validity",
        days);
    Path request = fresh("server.csr");
    run(key, SERVER, "-certreq", "-file", request.toString());
    Path certificate = fresh("server.crt");
    List<String> sought = new ArrayList<>();
    names.forEach(name -> sought.add((isAddress(name) ? "ip:" : "dns:") + name));
    run(
        directory.resolve("authority.p12"),
        AUTHORITY,
        "-gencert",
        "-rfc",
        "-infile",
        request.toString(),
        "-outfile",
        certificate.toString(),
        "-validity",
        days,
        "-ext",
        "san=" + String.join(",", sought),
        "-ext",
        "ku:c=digitalSignature",
        "-ext",
        "eku=serverAuth");
    Files.delete(request);
    Files.deleteIfExists(directory.resolve("server.crt"));
    publish(key, SERVER_KEY);
    publish(certificate, "server.crt");
  }

  private static boolean isAddress(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  /** A name beside the file's, free. */
  private Path fresh(String name) throws IOException {
    Path file = directory.resolve("." + name);
    Files.deleteIfExists(file);
    return file;
  }

  private void publish(Path file, String name) throws IOException {
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(name.endsWith(".crt") ? "rw-r--r--" : "rw-------"));
    Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(Path store, String alias, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            store.toString(),
            "-storetype",
            TYPE,
            "-storepass",
            PASSWORD,
            "-alias",
            alias));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Programs.limit(process, LONGEST);
    process.getOutputStream().close();
    String said;
    try (var out = process.getInputStream()) {
      said = new String(out.readNBytes(64 << 10), StandardCharsets.UTF_8);
    }
    if (Programs.awaitEnd(process) != 0) {
      throw new IOException("keytool could not make a certificate: " + said.strip());
    }
  }
}
