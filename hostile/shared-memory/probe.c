#include "../probe.h"
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/shm.h>

int main(void) {
  char path[128];
  int id = shmget(atoi(value("FOREIGN_KEY")), 0, 0);
  verdict("System V memory by its key", id);
  if (id >= 0) {
    printf("%s\n", (char *)shmat(id, 0, SHM_RDONLY));
  }
  for (int i = 0; i < 64; i++) {
    void *at = shmat(i, 0, SHM_RDONLY);
    if (at != (void *)-1) {
      printf("ESCAPED: %s\n", (char *)at);
    }
  }
  snprintf(path, sizeof path, "/%s", value("FOREIGN_NAME"));
  verdict("a message queue", mq_open(path, O_RDONLY | O_NONBLOCK));
  verdict("POSIX memory", shm_open(path, O_RDONLY, 0));
}
