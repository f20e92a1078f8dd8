#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("bind /", mount("/", "/m", 0, MS_BIND | MS_REC, 0));
  verdict("bind /proc/1/root", mount("/proc/1/root", "/m", 0, MS_BIND | MS_REC, 0));
  verdict("make shared", mount(0, "/", 0, MS_SHARED | MS_REC, 0));
  verdict("move /proc", mount("/proc", "/m", 0, MS_MOVE, 0));
}
