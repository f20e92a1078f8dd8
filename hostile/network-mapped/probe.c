#include "../probe.h"

int main(void) {
  int port = atoi(value("PORT"));
  reach("::ffff:127.0.0.1", port);
  reach("::ffff:169.254.169.254", port);
  reach("::ffff:10.213.77.2", port);
  reach("64:ff9b::a9fe:a9fe", port);
  reach("::127.0.0.1", port);
  reach("2002:a9fe:a9fe::1", port);
  printf("tried\n");
}
