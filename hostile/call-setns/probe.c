#include "../probe.h"

int main(void) {
  const char *all[] = {"mnt", "net", "pid", "ipc", "uts", "user", "cgroup"};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", atoi(value("FOREIGN")), all[i]);
    int fd = open(path, O_RDONLY);
    verdict(path, fd);
    refused(all[i], syscall(SYS_setns, fd, 0));
  }
}
