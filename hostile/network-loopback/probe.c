#include "../probe.h"

int main(void) {
  int port = atoi(value("PORT"));
  reach(value("LOOPBACK"), port);
  reach(value("LOOPBACK6"), port);
  reach("0.0.0.0", port);
  reach("::", port);
  reach("127.77.0.9", port);
  reach("127.0.0.1", atoi(value("API")));
  printf("tried\n");
}
