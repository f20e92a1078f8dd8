#include "../probe.h"
#include <linux/if_packet.h>
#include <net/if.h>

static uint16_t sum(const void *data, int length) {
  const uint16_t *words = data;
  uint32_t all = 0;
  for (int i = 0; i < length / 2; i++) {
    all += words[i];
  }
  all = (all >> 16) + (all & 0xffff);
  return (uint16_t)~(all + (all >> 16));
}

/* An IP packet with a UDP message and any sender. */
static int packet(unsigned char *at, const char *from, const char *to, int port) {
  memset(at, 0, 33);
  at[0] = 0x45;
  at[3] = 33;
  at[8] = 64;
  at[9] = 17;
  inet_pton(AF_INET, from, at + 12);
  inet_pton(AF_INET, to, at + 16);
  uint16_t check = sum(at, 20);
  memcpy(at + 10, &check, 2);
  at[20] = 0x12;
  at[22] = (unsigned char)(port >> 8);
  at[23] = (unsigned char)port;
  at[25] = 13;
  memcpy(at + 28, "hello", 5);
  return 33;
}

int main(void) {
  int port = atoi(value("PORT"));
  const char *all[] = {value("LOOPBACK"), value("HOST"), value("METADATA"), value("TEN"), value("TWELVE")};
  int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), link = socket(AF_PACKET, SOCK_DGRAM, htons(0x0800));
  printf("raw %d packet %d\n", raw >= 0, link >= 0);
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    for (unsigned j = 0; j < sizeof all / sizeof *all; j++) {
      unsigned char bytes[64];
      int length = packet(bytes, all[j], all[i], port);
      struct sockaddr_in to = {.sin_family = AF_INET};
      inet_pton(AF_INET, all[i], &to.sin_addr);
      sendto(raw, bytes, length, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
      for (int device = 1; device < 12; device++) {
        struct sockaddr_ll frame = {.sll_family = AF_PACKET, .sll_protocol = htons(0x0800), .sll_ifindex = device, .sll_halen = 6};
        memset(frame.sll_addr, 0xff, 6);
        sendto(link, bytes, length, MSG_DONTWAIT, (struct sockaddr *)&frame, sizeof frame);
      }
    }
  }
  printf("tried\n");
}
