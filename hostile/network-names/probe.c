#include "../probe.h"

static int port;

static void meet(const char *name, const char *address) {
  printf("%s is %s\n", name, address);
  reach(address, port);
}

static void hosts(const char *wanted) {
  char line[512];
  FILE *file = fopen("/etc/hosts", "r");
  while (file && fgets(line, sizeof line, file)) {
    char *address = strtok(line, " \t\n");
    for (char *name = strtok(0, " \t\n"); name; name = strtok(0, " \t\n")) {
      if (!strcmp(name, wanted)) {
        meet(name, address);
      }
    }
  }
}

static void ask(const char *server, const char *name) {
  unsigned char message[512] = {7, 7, 1, 0, 0, 1};
  int length = 12;
  for (const char *part = name; *part;) {
    int size = (int)strcspn(part, ".");
    message[length++] = (unsigned char)size;
    memcpy(message + length, part, size);
    length += size;
    part += size + (part[size] == '.');
  }
  memcpy(message + length, "\0\0\1\0\1", 5);
  length += 5;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, server, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct pollfd wait = {fd, POLLIN, 0};
  sendto(fd, message, length, 0, (struct sockaddr *)&to, sizeof to);
  ssize_t got = poll(&wait, 1, 500) > 0 ? recv(fd, message, sizeof message, 0) : 0;
  /* Four bytes after "an address, Internet, ... of four bytes" are one. */
  for (ssize_t i = length; i + 14 <= got; i++) {
    if (!memcmp(message + i, "\0\1\0\1", 4) && !memcmp(message + i + 8, "\0\4", 2)) {
      char address[32];
      inet_ntop(AF_INET, message + i + 10, address, sizeof address);
      meet(name, address);
    }
  }
  close(fd);
}

int main(void) {
  const char *names[] = {"localhost", value("HOST_NAME"), "ip6-localhost", "buildkitsandbox", "host.docker.internal",
                         "metadata.google.internal", "gateway", "169.254.169.254.nip.io"};
  port = atoi(value("PORT"));
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    hosts(names[i]);
    char line[256];
    FILE *file = fopen("/etc/resolv.conf", "r");
    while (file && fgets(line, sizeof line, file)) {
      char server[64];
      if (sscanf(line, "nameserver %63s", server) == 1) {
        ask(server, names[i]);
      }
    }
  }
  printf("tried\n");
}
