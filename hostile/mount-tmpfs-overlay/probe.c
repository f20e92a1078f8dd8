#include "../probe.h"

int main(void) {
  mkdir("/m", 0755);
  verdict("mount tmpfs", mount("tmpfs", "/m", "tmpfs", 0, 0));
  verdict("mount overlay", mount("overlay", "/m", "overlay", 0, "lowerdir=/bin:/etc"));
  verdict("mount debugfs", mount("debugfs", "/m", "debugfs", 0, 0));
  verdict("mount tracefs", mount("tracefs", "/m", "tracefs", 0, 0));
  verdict("mount securityfs", mount("securityfs", "/m", "securityfs", 0, 0));
  verdict("mount devtmpfs", mount("devtmpfs", "/m", "devtmpfs", 0, 0));
  verdict("mount devpts", mount("devpts", "/m", "devpts", 0, 0));
  verdict("mount bpf", mount("bpf", "/m", "bpf", 0, 0));
}
