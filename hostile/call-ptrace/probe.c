#include "../probe.h"

int main(void) {
  int foreign = atoi(value("FOREIGN"));
  char text[64];
  struct iovec mine = {text, sizeof text}, theirs = {(void *)0x400000, sizeof text};
  verdict("ptrace of a foreign process", ptrace(PTRACE_SEIZE, foreign, 0, 0));
  verdict("its memory", process_vm_readv(foreign, &mine, 1, &theirs, 1, 0));
  verdict("its descriptors", syscall(438, syscall(434, foreign, 0), 1, 0));
  verdict("a handle of it", syscall(434, foreign, 0));
  verdict("its limits", syscall(SYS_prlimit64, foreign, 7, 0, text));
}
