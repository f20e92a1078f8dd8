#include "../probe.h"
#include <linux/keyctl.h>

int main(void) {
  char text[256] = "";
  const char *name = value("FOREIGN_NAME");
  long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, 0);
  verdict("search the user's keys", key);
  if (key >= 0) {
    syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text - 1);
    printf("%s\n", text);
  }
  verdict("add a key", syscall(SYS_add_key, "user", "mine", "x", 1, KEY_SPEC_PROCESS_KEYRING));
  verdict("request a key", syscall(SYS_request_key, "user", name, 0, 0));
  verdict("link the user's keys", syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING));
}
