#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("fsopen proc", syscall(SYS_fsopen, "proc", 0));
  verdict("fsopen tmpfs", syscall(SYS_fsopen, "tmpfs", 0));
  verdict("fspick /", syscall(SYS_fspick, -1, "/", 0));
  verdict("open_tree clone", syscall(SYS_open_tree, -1, "/", 1));
  verdict("move_mount", syscall(SYS_move_mount, -1, "/proc", -1, "/m", 0));
  verdict("mount_setattr", syscall(442, -1, "/proc/sys", 0, 0, 0));
  verdict("pivot_root", syscall(SYS_pivot_root, "/", "/m"));
}
