#include "../probe.h"

static void look(const char *pid, const char *name) {
  char path[300], text[8192];
  snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
  int fd = open(path, O_RDONLY);
  if (fd < 0) {
    return;
  }
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  for (ssize_t i = 0; i < length; i++) {
    text[i] = text[i] ? text[i] : '\n';
  }
  if (length > 0) {
    text[length] = 0;
    printf("%s of %s: %s\n", name, pid, text);
  }
}

int main(void) {
  DIR *all = opendir("/proc");
  for (struct dirent *each = readdir(all); each; each = readdir(all)) {
    if (each->d_name[0] > '0' && each->d_name[0] <= '9') {
      look(each->d_name, "environ");
      look(each->d_name, "cmdline");
      look(each->d_name, "mountinfo");
    }
  }
  printf("tried\n");
}
