#include "../probe.h"

/* Each in a process of its own: where 32-bit programs are not served at all, a call is death. */
static int alone(long (*call)(long), long number) {
  int status = 0;
  pid_t child = fork();
  if (!child) {
    long result = call(number);
    _exit(result == -EPERM || result == -ENOSYS || result == -EACCES ? 0 : 7);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static long old_gate(long number) {
  long result = number, first = number == 310 ? CLONE_NEWUSER : 0;
  __asm__ volatile("int $0x80"
                   : "+a"(result)
                   : "b"(first), "c"(0L), "d"(0L), "S"(0L), "D"(0L)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}

static long x32(long number) {
  return syscall(0x40000000 | number, "proc", "/proc", "proc", 0, 0) < 0 ? -errno : 0;
}

int main(void) {
  /* The old gate of 32-bit programs has other numbers: 21 mount, 288 keyctl, 310 unshare, ... */
  long numbers[] = {21, 288, 425, 310, 128, 346, 357, 342};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    char what[64];
    snprintf(what, sizeof what, "32-bit call %ld", numbers[i]);
    errno = EPERM;
    verdict(what, alone(old_gate, numbers[i]) == 7 ? 0 : -1);
  }
  errno = EPERM;
  verdict("x32 mount", alone(x32, 165) == 7 ? 0 : -1);
}
