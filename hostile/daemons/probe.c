#include "../probe.h"

int main(void) {
  for (int i = 0; i < 5; i++) {
    if (!fork()) {
      setsid();
      if (!fork()) {
        for (int number = 1; number < 65; number++) {
          signal(number, SIG_IGN);
        }
        for (int fd = i % 2 ? 0 : 3; fd < 64; fd++) {
          close(fd);
        }
        while (1) {
          sleep(1);
        }
      }
      _exit(0);
    }
  }
  printf("tried\n");
}
