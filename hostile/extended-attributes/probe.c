#include "../probe.h"
#include <sys/xattr.h>

int main(void) {
  static char big[65536];
  memset(big, 'x', sizeof big);
  int fd = open("/attributes", O_CREAT | O_WRONLY, 0644);
  for (int size = sizeof big; size > 1000; size /= 2) {
    fsetxattr(fd, "user.big", big, size, 0);
  }
  verdict("a mark of overlay: opaque", setxattr("/tmp", "trusted.overlay.opaque", "y", 1, 0));
  verdict("a mark of overlay: redirect", setxattr("/tmp", "trusted.overlay.redirect", "/../../..", 9, 0));
  verdict("a mark of overlay: metacopy", fsetxattr(fd, "trusted.overlay.metacopy", "", 0, 0));
  setxattr("/tmp", "user.overlay.opaque", "y", 1, 0);
  setxattr("/tmp", "user.overlay.redirect", "/etc", 4, 0);
  /* A file capability that counts in any user namespace would count on the host. */
  unsigned char all[] = {1, 0, 0, 2, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0};
  fsetxattr(fd, "security.capability", all, sizeof all, 0);
  fsetxattr(fd, "security.selinux", "evil", 4, 0);
  fsetxattr(fd, "security.ima", "evil", 4, 0);
  printf("tried\n");
}
