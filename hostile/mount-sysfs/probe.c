#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("mount sysfs", mount("sysfs", "/m", "sysfs", 0, 0));
  verdict("remount /sys", mount(0, "/sys", 0, MS_REMOUNT | MS_BIND, 0));
}
