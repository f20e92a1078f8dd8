#include "../probe.h"

int main(void) {
  int port = atoi(value("PORT"));
  reach(value("TEN"), port);
  reach(value("TWELVE"), port);
  reach(value("SIXTEEN"), port);
  reach(value("SHARED"), port);
  reach(value("UNIQUE_LOCAL"), port);
  printf("tried\n");
}
