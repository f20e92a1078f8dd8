#include "../probe.h"

int main(void) {
  const char *all[] = {"/proc/keys", "/proc/sys", "/sys/firmware", "/proc/interrupts", "/proc/timer_list", "/etc/hosts", "/proc"};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    verdict(all[i], umount2(all[i], MNT_DETACH));
  }
}
