#include "../probe.h"

int main(void) {
  readable("/proc/slabinfo");
  readable("/proc/vmallocinfo");
  if (mknod("/t/null", S_IFCHR | 0666, makedev(1, 3)) == 0) {
    escaped("made a node of a device");
  } else {
    held("mknod");
  }
  printf("tried\n");
}
