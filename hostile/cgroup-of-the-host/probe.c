#include "../probe.h"

int main(void) {
  FILE *file = fopen("/proc/self/cgroup", "r");
  char line[512];
  while (file && fgets(line, sizeof line, file)) {
    char *path = strrchr(line, ':');
    line[strcspn(line, "\n")] = 0;
    if (path && strcmp(path, ":/")) {
      escaped(line);
    }
  }
  printf("tried\n");
}
