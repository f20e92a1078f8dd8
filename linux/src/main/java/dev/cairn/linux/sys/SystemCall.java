package dev.cairn.linux.sys;

/** Numbers of the system calls we make, for the two machines we support. */
enum SystemCall {
  CLOSE(3, 57),
  WRITE(1, 64),
  READ(0, 63),
  LSEEK(8, 62),
  PIPE2(293, 59),
  PPOLL(271, 73),
  FSYNC(74, 82),
  SYNCFS(306, 267),
  IOCTL(16, 29),
  SOCKET(41, 198),
  SETFSUID(122, 151),
  SETFSGID(123, 152),
  PRCTL(157, 167),
  SETNS(308, 268),
  GETDENTS64(217, 61),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  FCHOWNAT(260, 54),
  UNLINKAT(263, 35),
  LINKAT(265, 37),
  SYMLINKAT(266, 36),
  READLINKAT(267, 78),
  FCHMODAT(268, 53),
  UTIMENSAT(280, 88),
  RENAMEAT2(316, 276),
  STATX(332, 291),
  STATFS(137, 43),
  FSTATFS(138, 44),
  SETXATTR(188, 5),
  GETXATTR(191, 8),
  LISTXATTR(194, 11),
  REMOVEXATTR(197, 14),
  MOUNT(165, 40),
  UMOUNT2(166, 39),
  KILL(62, 129),
  PIDFD_SEND_SIGNAL(424, 424),
  OPEN_TREE(428, 428),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  PIDFD_OPEN(434, 434),
  OPENAT2(437, 437),
  MOUNT_SETATTR(442, 442);

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private final int x86;
  private final int arm;

  SystemCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
  }

  long number() {
    return ARM ? arm : x86;
  }

  static boolean isArm() {
    return ARM;
  }
}
