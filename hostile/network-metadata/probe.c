#include "../probe.h"

int main(void) {
  int port = atoi(value("PORT"));
  reach(value("METADATA"), port);
  reach(value("LINK_LOCAL"), port);
  printf("tried\n");
}
