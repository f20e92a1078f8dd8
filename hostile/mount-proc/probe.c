#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("mount proc", mount("proc", "/m", "proc", 0, 0));
  verdict("remount proc", mount(0, "/proc", 0, MS_REMOUNT | MS_BIND, 0));
  verdict("remount /proc/sys", mount(0, "/proc/sys", 0, MS_REMOUNT | MS_BIND, 0));
  writable("/proc/sys/kernel/core_pattern");
}
