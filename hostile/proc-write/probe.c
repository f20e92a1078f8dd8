#include "../probe.h"

int main(void) {
  const char *all[] = {
      "/proc/sysrq-trigger",          "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
      "/proc/sys/kernel/hostname",    "/proc/sys/kernel/panic",        "/proc/sys/vm/drop_caches",
      "/proc/sys/fs/binfmt_misc/register", "/proc/sys/kernel/randomize_va_space",
      "/proc/sys/net/ipv4/ip_forward", "/proc/irq/default_smp_affinity", "/proc/sys/fs/suid_dumpable",
      "/proc/sys/kernel/usermodehelper/bset", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/ns_last_pid"};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    writable(all[i]);
  }
  DIR *bus = opendir("/proc/bus");
  printf("tried %s\n", bus ? "bus" : "");
}
