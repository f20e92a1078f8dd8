/* Stands on a port of every address, TCP and UDP, and prints a line for whoever comes. */
#include "../probe.h"

static int bound(int type, int port) {
  int off = 0, on = 1;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&any, sizeof any) || (type == SOCK_STREAM && listen(fd, 64))) {
    perror("bind");
    exit(1);
  }
  return fd;
}

static void tell(const char *kind, struct sockaddr_in6 *peer) {
  char text[64] = "";
  inet_ntop(AF_INET6, &peer->sin6_addr, text, sizeof text);
  printf("%s from %s\n", kind, text);
  fflush(stdout);
}

int main(int count, char **arguments) {
  int port = count > 1 ? atoi(arguments[1]) : 0;
  int tcp = bound(SOCK_STREAM, port), udp = bound(SOCK_DGRAM, port);
  printf("ready\n");
  fflush(stdout);
  struct pollfd all[] = {{tcp, POLLIN, 0}, {udp, POLLIN, 0}, {0, POLLIN, 0}};
  while (poll(all, 3, -1) >= 0) {
    struct sockaddr_in6 peer;
    socklen_t length = sizeof peer;
    char buffer[64];
    if (all[0].revents) {
      int fd = accept4(tcp, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
      tell("tcp", &peer);
      close(fd);
    }
    if (all[1].revents) {
      recvfrom(udp, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
      tell("udp", &peer);
    }
    if (all[2].revents && read(0, buffer, sizeof buffer) <= 0) {
      return 0;
    }
  }
  return 1;
}
