#include "../probe.h"

int main(void) {
  struct {
    uint32_t type, key, value, entries;
    char rest[100];
  } map = {2, 4, 4, 1, {0}};
  verdict("a map", syscall(SYS_bpf, 0, &map, sizeof map));
  refused("a program", syscall(SYS_bpf, 5, &map, sizeof map));
}
