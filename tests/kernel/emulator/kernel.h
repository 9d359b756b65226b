// Which parts does the emulated kernel have, and what do they share?
//
// One FUSE file system: /gpio is what the GPIO class of sysfs shows, /i2c-N what i2c-dev shows. Commands come
// in as lines on stdin, what the far ends must hear goes out as lines on stdout; see kernel.ts.
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include <errno.h>
#include <fuse3/fuse.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/** Guards every table and stdout. */
extern pthread_mutex_t lock;

/** One line to the far ends; call it with `lock` held. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

void file_stat(struct stat *st, mode_t mode);
void folder_stat(struct stat *st);

// GPIO: documented in the kernel's Documentation/admin-guide/gpio/sysfs.rst
int gpio_getattr(const char *path, struct stat *st);
int gpio_readdir(const char *path, void *buffer, fuse_fill_dir_t fill);
int gpio_open(const char *path, struct fuse_file_info *file);
int gpio_read(char *buffer, size_t size, off_t offset, struct fuse_file_info *file);
int gpio_write(const char *text, size_t size, struct fuse_file_info *file);
int gpio_poll(struct fuse_file_info *file, struct fuse_pollhandle *handle, unsigned *events);
void gpio_release(struct fuse_file_info *file);
bool gpio_command(const char *line);

// I2C: documented in the kernel's Documentation/i2c/dev-interface.rst
int i2c_getattr(const char *path, struct stat *st);
int i2c_readdir(void *buffer, fuse_fill_dir_t fill);
int i2c_open(const char *path, struct fuse_file_info *file);
int i2c_read(char *buffer, size_t size, struct fuse_file_info *file);
int i2c_write(const char *bytes, size_t size, struct fuse_file_info *file);
int i2c_ioctl(unsigned command, uintptr_t argument, struct fuse_file_info *file);
void i2c_release(struct fuse_file_info *file);
bool i2c_command(const char *line);
