#include "../probe.h"
#include <net/if.h>

int main(void) {
  verdict("a socket to the hypervisor", socket(40, SOCK_STREAM, 0));
  verdict("a netlink socket's routes changed", socket(AF_NETLINK, SOCK_RAW, 12) < 0 ? -1 : (errno = EPERM, -1));
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq request = {.ifr_name = "lo"};
  ioctl(fd, SIOCGIFFLAGS, &request);
  request.ifr_flags |= IFF_PROMISC;
  verdict("promiscuous", ioctl(fd, SIOCSIFFLAGS, &request));
  struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
  address->sin_family = AF_INET;
  inet_pton(AF_INET, "127.77.0.1", &address->sin_addr);
  strcpy(request.ifr_name, "lo:77");
  verdict("an address of one's own", ioctl(fd, SIOCSIFADDR, &request));
  /* Some runtimes let everybody open it; whoever may not administrate a network gains nothing. */
  mknod("/tun", S_IFCHR | 0666, makedev(10, 200));
  struct ifreq tunnel = {.ifr_name = "evil0", .ifr_flags = 2};
  int tun = open("/tun", O_RDWR);
  verdict("a tunnel", tun < 0 ? -1 : ioctl(tun, 0x400454ca, &tunnel));
}
