#include "../probe.h"

int main(void) {
  char text[4096];
  refused("kexec_load", syscall(SYS_kexec_load, 0, 17, 0, ~0UL));
  refused("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0, 0, ~0UL));
  refused("init_module", syscall(SYS_init_module, 0, 0, ""));
  refused("finit_module", syscall(SYS_finit_module, -1, "", 0));
  refused("delete_module", syscall(SYS_delete_module, "no-such-module", O_NONBLOCK));
  refused("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
  refused("swapon", syscall(SYS_swapon, "/nothing", 0));
  refused("swapoff", syscall(SYS_swapoff, "/nothing"));
  refused("acct", syscall(SYS_acct, "/nothing"));
  refused("quotactl", syscall(SYS_quotactl, 0, "/nothing", 0, 0));
  refused("sethostname", syscall(SYS_sethostname, "x", -1));
  refused("setdomainname", syscall(SYS_setdomainname, "x", -1));
  refused("syslog", syscall(SYS_syslog, 3, text, sizeof text));
  refused("iopl", syscall(SYS_iopl, 3));
  refused("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
  refused("settimeofday", syscall(SYS_settimeofday, (long[]){0, -1}, 0));
  refused("clock_settime", syscall(SYS_clock_settime, 0, (long[]){0, -1}));
  refused("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
  refused("vhangup", syscall(SYS_lookup_dcookie, 0, text, sizeof text));
  refused("nfsservctl", syscall(SYS_nfsservctl, 0, 0, 0));
}
