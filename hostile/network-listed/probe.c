#include "../probe.h"

int main(void) {
  const char *names[] = {"METADATA", "TEN", "HOST"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    reach(value(names[i]), atoi(value("PORT")));
    reach(value(names[i]), atoi(value("API")));
  }
  reach(value("VICTIM"), 7777);
  printf("tried\n");
}
