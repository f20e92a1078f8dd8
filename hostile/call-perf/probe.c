#include "../probe.h"

int main(void) {
  struct {
    uint32_t type, size;
    uint64_t config, rest[14];
  } event = {1, sizeof event, 0, {0}};
  verdict("count of this process", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
  verdict("count of the machine", syscall(SYS_perf_event_open, &event, -1, 0, -1, 0));
}
