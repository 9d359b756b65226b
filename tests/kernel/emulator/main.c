// How does one process serve the emulated files, and hear what happens outside?
#include "kernel.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void say(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  va_end(values);
  putchar('\n');
  fflush(stdout);
}

void file_stat(struct stat *st, mode_t mode) {
  memset(st, 0, sizeof *st);
  st->st_mode = S_IFREG | mode;
  st->st_nlink = 1;
  st->st_size = 4096; // as sysfs says of every attribute
}

void folder_stat(struct stat *st) {
  memset(st, 0, sizeof *st);
  st->st_mode = S_IFDIR | 0755;
  st->st_nlink = 2;
}

static bool in_gpio(const char *path) { return strncmp(path, "/gpio", 5) == 0; }

static int on_getattr(const char *path, struct stat *st, struct fuse_file_info *file) {
  (void)file;
  if (strcmp(path, "/") == 0) {
    folder_stat(st);
    return 0;
  }
  return in_gpio(path) ? gpio_getattr(path + 5, st) : i2c_getattr(path, st);
}

static int on_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
                      struct fuse_file_info *file, enum fuse_readdir_flags flags) {
  (void)offset, (void)file, (void)flags;
  fill(buffer, ".", NULL, 0, 0);
  fill(buffer, "..", NULL, 0, 0);
  if (in_gpio(path)) return gpio_readdir(path + 5, buffer, fill);
  fill(buffer, "gpio", NULL, 0, 0);
  return i2c_readdir(buffer, fill);
}

static int on_open(const char *path, struct fuse_file_info *file) {
  // Neither a page cache nor a length stands between a reader and the far end.
  file->direct_io = 1;
  return in_gpio(path) ? gpio_open(path + 5, file) : i2c_open(path, file);
}

static int on_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *file) {
  return in_gpio(path) ? gpio_read(buffer, size, offset, file) : i2c_read(buffer, size, file);
}

static int on_write(const char *path, const char *bytes, size_t size, off_t offset,
                    struct fuse_file_info *file) {
  (void)offset;
  return in_gpio(path) ? gpio_write(bytes, size, file) : i2c_write(bytes, size, file);
}

static int on_truncate(const char *path, off_t size, struct fuse_file_info *file) {
  (void)path, (void)size, (void)file;
  return 0; // sysfs takes O_TRUNC and does nothing
}

static int on_release(const char *path, struct fuse_file_info *file) {
  if (in_gpio(path)) gpio_release(file);
  else i2c_release(file);
  return 0;
}

static int on_poll(const char *path, struct fuse_file_info *file, struct fuse_pollhandle *handle,
                   unsigned *events) {
  if (in_gpio(path)) return gpio_poll(file, handle, events);
  if (handle != NULL) fuse_pollhandle_destroy(handle);
  return -ENOSYS;
}

static int on_ioctl(const char *path, unsigned command, void *argument, struct fuse_file_info *file,
                    unsigned flags, void *data) {
  (void)flags, (void)data;
  return in_gpio(path) ? -ENOTTY : i2c_ioctl(command, (uintptr_t)argument, file);
}

static void *on_init(struct fuse_conn_info *connection, struct fuse_config *config) {
  (void)connection;
  config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
  return NULL;
}

static const struct fuse_operations operations = {
  .init = on_init, .getattr = on_getattr, .readdir = on_readdir, .open = on_open, .read = on_read,
  .write = on_write, .truncate = on_truncate, .release = on_release, .poll = on_poll, .ioctl = on_ioctl,
};

static void *serve(void *fuse) {
  struct fuse_loop_config *config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_max_threads(config, 32);
  fuse_loop_mt(fuse, config);
  return NULL;
}

static void obey(const char *line) {
  int number;
  if (sscanf(line, "sync %d", &number) == 1) {
    pthread_mutex_lock(&lock);
    say("synced %d", number);
    pthread_mutex_unlock(&lock);
  } else if (!gpio_command(line) && !i2c_command(line)) {
    fprintf(stderr, "emulator: no such command: %s\n", line);
  }
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: emulator MOUNT_POINT\n");
    return 2;
  }
  struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
  fuse_opt_add_arg(&arguments, "motcua-kernel");
  fuse_opt_add_arg(&arguments, "-oallow_other");
  struct fuse *fuse = fuse_new(&arguments, &operations, sizeof operations, NULL);
  if (fuse == NULL || fuse_mount(fuse, words[1]) != 0) return 1;
  pthread_t server;
  pthread_create(&server, NULL, serve, fuse);
  pthread_mutex_lock(&lock);
  say("ready");
  pthread_mutex_unlock(&lock);
  char *line = NULL;
  size_t room = 0;
  for (ssize_t length; (length = getline(&line, &room, stdin)) >= 0;) {
    if (length > 0 && line[length - 1] == '\n') line[length - 1] = '\0';
    obey(line);
  }
  // The loop wakes for requests only, and ignores signals while it idles: the mount is taken away under it.
  umount2(words[1], MNT_DETACH);
  _exit(0);
}
