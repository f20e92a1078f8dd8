#include "../probe.h"
#include <linux/if_packet.h>

int main(void) {
  /* Listens to everything for a moment: in a network of one's own there is nobody else to hear. */
  int fd = socket(AF_PACKET, SOCK_DGRAM, htons(3)), port = atoi(value("API"));
  struct pollfd wait = {fd, POLLIN, 0};
  int heard = 0;
  for (int i = 0; i < 400 && heard < 5; i++) {
    unsigned char bytes[2048];
    if (poll(&wait, 1, 10) <= 0) {
      continue;
    }
    ssize_t length = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (length > 24 && bytes[0] == 0x45 && (((bytes[20] << 8) | bytes[21]) == port || ((bytes[22] << 8) | bytes[23]) == port)) {
      escaped("somebody speaks to the service");
      heard++;
    }
  }
  printf("tried\n");
}
