#include "../probe.h"

int main(void) {
  const char *all[] = {"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/kmsg",
                       "/proc/interrupts", "/proc/latency_stats", "/proc/timer_stats"};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    readable(all[i]);
  }
}
