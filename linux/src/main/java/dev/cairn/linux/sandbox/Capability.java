package dev.cairn.linux.sandbox;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The capabilities of linux/capability.h in the order of their numbers. */
enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  /** Those of this process, all that it can hand on. */
  static List<String> own() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    BigInteger held =
        status
            .lines()
            .filter(line -> line.startsWith("CapBnd:"))
            .map(line -> new BigInteger(line.substring("CapBnd:".length()).strip(), 16))
            .findFirst()
            .orElse(BigInteger.ZERO);
    var names = new ArrayList<String>();
    int number = 0;
    for (Capability each : values()) {
      if (held.testBit(number++)) {
        names.add("CAP_" + each);
      }
    }
    return names;
  }
}
