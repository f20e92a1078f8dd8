#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("mount cgroup", mount("cgroup", "/m", "cgroup", 0, "devices"));
  verdict("mount a named cgroup", mount("none", "/m", "cgroup", 0, "none,name=evil"));
  verdict("mount cgroup2", mount("cgroup2", "/m", "cgroup2", 0, 0));
}
