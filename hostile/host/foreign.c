/* A process of the host that is none of a step's business. It holds a text in its environment and
 * wherever processes of one machine can meet, and prints a line whenever somebody touches it. Ends,
 * taking all of it away, when its standard input ends. Arguments: the text, a name, a number. */
#include "../probe.h"
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/shm.h>

static void touched(int number) {
  char text[] = "signal 00\n";
  text[7] = '0' + number / 10;
  text[8] = '0' + number % 10;
  if (write(1, text, sizeof text - 1) < 0) {
    _exit(1);
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    return 2;
  }
  const char *text = arguments[1], *name = arguments[2];
  for (int number = 1; number < 32; number++) {
    signal(number, touched);
  }
  long key = syscall(SYS_add_key, "user", name, text, strlen(text), KEY_SPEC_USER_KEYRING);
  syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f0000);
  int memory = shmget(atoi(arguments[3]), 4096, IPC_CREAT | 0666);
  strcpy(shmat(memory, 0, 0), text);
  char path[256];
  snprintf(path, sizeof path, "/%s", name);
  struct mq_attr shape = {.mq_maxmsg = 4, .mq_msgsize = 256};
  mqd_t queue = mq_open(path, O_CREAT | O_RDWR, 0666, &shape);
  mq_send(queue, text, strlen(text), 0);
  int shared = shm_open(path, O_CREAT | O_RDWR, 0666);
  if (write(shared, text, strlen(text)) < 0) {
    perror("write");
  }
  struct sockaddr_un abstract = {.sun_family = AF_UNIX};
  strcpy(abstract.sun_path + 1, name);
  int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(door, (struct sockaddr *)&abstract, 3 + strlen(name)) || listen(door, 8)) {
    perror("abstract socket");
  }
  if (key < 0 || memory < 0 || queue < 0 || shared < 0 || door < 0) {
    perror("foreign");
    return 1;
  }
  printf("ready\n");
  fflush(stdout);
  struct pollfd all[] = {{door, POLLIN, 0}, {0, POLLIN, 0}};
  while (1) {
    if (poll(all, 2, -1) < 0) {
      continue;
    }
    if (all[0].revents) {
      close(accept4(door, 0, 0, SOCK_CLOEXEC));
      printf("abstract socket\n");
      fflush(stdout);
    }
    char byte;
    if (all[1].revents && read(0, &byte, 1) <= 0) {
      syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
      shmctl(memory, IPC_RMID, 0);
      mq_unlink(path);
      shm_unlink(path);
      return 0;
    }
  }
}
