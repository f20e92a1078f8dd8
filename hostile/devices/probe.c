#include "../probe.h"

static void node(const char *name, mode_t kind, int major, int minor) {
  char path[64];
  snprintf(path, sizeof path, "/dev/x-%s", name);
  if (mknod(path, kind | 0666, makedev(major, minor))) {
    held(name);
    return;
  }
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  verdict(name, fd);
  snprintf(path, sizeof path, "/x-%s", name);
  mknod(path, kind | 0666, makedev(major, minor));
  verdict(name, open(path, O_RDWR | O_NONBLOCK));
}

int main(void) {
  node("vda", S_IFBLK, 254, 0);
  node("sda", S_IFBLK, 8, 0);
  node("nvme", S_IFBLK, 259, 0);
  node("loop0", S_IFBLK, 7, 0);
  node("mem", S_IFCHR, 1, 1);
  node("port", S_IFCHR, 1, 4);
  node("kmsg", S_IFCHR, 1, 11);
  node("fuse", S_IFCHR, 10, 229);
  node("loop-control", S_IFCHR, 10, 237);
  node("kvm", S_IFCHR, 10, 232);
  node("device-mapper", S_IFCHR, 10, 236);
  node("msr", S_IFCHR, 202, 0);
  node("tty1", S_IFCHR, 4, 1);
  node("watchdog", S_IFCHR, 10, 130);
}
