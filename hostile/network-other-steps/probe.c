#include "../probe.h"

int main(void) {
  int port = atoi(value("PORT"));
  reach(value("VICTIM"), port);
  reach(value("VICTIM"), 7777);
  printf("tried\n");
}
