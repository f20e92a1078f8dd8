/* What the probes have in common. A probe says "held: ..." where it was refused and "ESCAPED: ..."
 * where it was not; it changes nothing even if it gets through. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((unused)) static void held(const char *what) {
  printf("held: %s: %s\n", what, strerror(errno));
  fflush(stdout);
}

__attribute__((unused)) static void escaped(const char *what) {
  printf("ESCAPED: %s\n", what);
  fflush(stdout);
}

/* A system call that must not succeed. */
__attribute__((unused)) static void verdict(const char *what, long result) {
  if (result >= 0) {
    escaped(what);
  } else {
    held(what);
  }
}

/* A system call with senseless arguments: whoever may make it is told so by another error. */
__attribute__((unused)) static void refused(const char *what, long result) {
  if (result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS)) {
    held(what);
  } else {
    escaped(what);
  }
}

/* A file that must not be opened for writing; it is not written. */
__attribute__((unused)) static void writable(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  verdict(path, fd);
  if (fd >= 0) {
    close(fd);
  }
}

/* A file that must not be read; the end and nothing at all count as refusals. */
__attribute__((unused)) static void readable(const char *path) {
  char text[256];
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    held(path);
    return;
  }
  errno = 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) {
    held(path);
    return;
  }
  text[length] = 0;
  escaped(path);
  printf("%s\n", text);
}

/* Connects with TCP, waiting for a moment: who listens writes down whoever comes, also later, and says hello with UDP. */
__attribute__((unused)) static void reach(const char *address, int port) {
  struct sockaddr_storage to = {0};
  socklen_t length;
  if (strchr(address, ':')) {
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&to;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    length = sizeof *six;
    if (inet_pton(AF_INET6, address, &six->sin6_addr) != 1) {
      printf("bad address %s\n", address);
      return;
    }
  } else {
    struct sockaddr_in *four = (struct sockaddr_in *)&to;
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    length = sizeof *four;
    if (inet_pton(AF_INET, address, &four->sin_addr) != 1) {
      printf("bad address %s\n", address);
      return;
    }
  }
  int udp = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (udp >= 0) {
    sendto(udp, "hello", 5, MSG_DONTWAIT, (struct sockaddr *)&to, length);
    close(udp);
  }
  int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    held(address);
    return;
  }
  if (connect(fd, (struct sockaddr *)&to, length) < 0) {
    struct pollfd wait = {fd, POLLOUT, 0};
    int problem = errno;
    if (problem == EINPROGRESS) {
      socklen_t size = sizeof problem;
      problem = ETIMEDOUT;
      if (poll(&wait, 1, 300) > 0) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size);
      }
    }
    if (problem) {
      errno = problem;
      held(address);
      close(fd);
      return;
    }
  }
  printf("ESCAPED: connected to %s port %d\n", address, port);
  fflush(stdout);
  close(fd);
}

__attribute__((unused)) static const char *value(const char *name) {
  const char *text = getenv(name);
  if (!text) {
    printf("the argument %s is missing\n", name);
    exit(3);
  }
  return text;
}
