#include "../probe.h"
#include <sys/resource.h>

int main(void) {
  int foreign = atoi(value("FOREIGN")), server = atoi(value("SERVER"));
  verdict("SIGURG to a foreign process", kill(foreign, SIGURG));
  verdict("SIGURG to the service", kill(server, SIGURG));
  verdict("a queued signal", syscall(SYS_rt_sigqueueinfo, foreign, SIGURG, &(siginfo_t){.si_code = SI_QUEUE}));
  /* Everybody: a signal that nobody minds; the foreign process would tell of it. */
  kill(-1, SIGURG);
  kill(1, SIGURG);
  verdict("another priority", setpriority(0, foreign, 19));
  verdict("another processor", sched_setaffinity(foreign, 8, &(cpu_set_t){{3}}));
  verdict("another OOM score", open("/proc/1/../../proc/self/../../../proc/sysrq-trigger", O_WRONLY));
  printf("tried\n");
}
