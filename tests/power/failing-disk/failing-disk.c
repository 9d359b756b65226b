// What does a program meet when the disk under it fails at one given operation?
//
//   failing-disk BACKING CONTROL MOUNTPOINT -f
//
// A FUSE file system that passes everything through to BACKING and fails as CONTROL says, a file of two 32-bit
// integers that both sides map: what fails, and how many operations before it still succeed.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
  SOUND = 0,
  READ_ONLY = 1,    // every change is EROFS
  DEAD = 2,         // every change is EIO
  GONE = 3,         // every operation is EIO
  LOG_FLUSH = 4,    // one flush of a log fails, though its data stays
  LOG_WRITE = 5,    // one write to a log fails
  FULL = 6,         // every write is ENOSPC
};

struct control {
  volatile int32_t mode;
  volatile int32_t before;
};

static struct control *control;
static int backing;

static const char *at(const char *path) { return path[1] == '\0' ? "." : path + 1; }

static int ends_with(const char *path, const char *end) {
  size_t have = path == NULL ? 0 : strlen(path), want = strlen(end);
  return have >= want && strcmp(path + have - want, end) == 0;
}

/* Operations of the kind that `control->before` counts; true when the count is used up. */
static int is_due(void) {
  if (control->before <= 0) return 1;
  control->before--;
  return 0;
}

static int one_shot(int error) {
  control->mode = SOUND;
  return error;
}

static int on_change(void) {
  switch (control->mode) {
    case READ_ONLY: return is_due() ? -EROFS : 0;
    case DEAD:
    case GONE: return is_due() ? -EIO : 0;
    default: return 0;
  }
}

static int on_write(const char *path) {
  if (control->mode == FULL) return is_due() ? -ENOSPC : 0;
  if (control->mode == LOG_WRITE && ends_with(path, "-wal") && is_due()) return one_shot(-EIO);
  return on_change();
}

static int on_flush(const char *path) {
  if (control->mode == LOG_FLUSH && ends_with(path, "-wal") && is_due()) return one_shot(-EIO);
  return on_change();
}

static int on_read(void) { return control->mode == GONE && control->before <= 0 ? -EIO : 0; }

static int done(int result) { return result == -1 ? -errno : 0; }

#define UNLESS(failure)     \
  do {                      \
    int failed = (failure); \
    if (failed != 0) return failed; \
  } while (0)

static int fs_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
  UNLESS(on_read());
  return done(fi == NULL ? fstatat(backing, at(path), st, AT_SYMLINK_NOFOLLOW) : fstat((int)fi->fh, st));
}

static int fs_open(const char *path, struct fuse_file_info *fi) {
  UNLESS(on_read());
  if ((fi->flags & O_ACCMODE) != O_RDONLY && control->mode == READ_ONLY && control->before <= 0) return -EROFS;
  int file = openat(backing, at(path), fi->flags & ~O_APPEND);
  if (file == -1) return -errno;
  fi->fh = (uint64_t)file;
  return 0;
}

static int fs_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
  UNLESS(on_change());
  int file = openat(backing, at(path), (fi->flags & ~O_APPEND) | O_CREAT, mode);
  if (file == -1) return -errno;
  fi->fh = (uint64_t)file;
  return 0;
}

static int fs_read(const char *path, char *to, size_t size, off_t offset, struct fuse_file_info *fi) {
  (void)path;
  UNLESS(on_read());
  ssize_t got = pread((int)fi->fh, to, size, offset);
  return got == -1 ? -errno : (int)got;
}

static int fs_write(const char *path, const char *from, size_t size, off_t offset, struct fuse_file_info *fi) {
  UNLESS(on_write(path));
  ssize_t put = pwrite((int)fi->fh, from, size, offset);
  return put == -1 ? -errno : (int)put;
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
  UNLESS(on_change());
  if (fi != NULL) return done(ftruncate((int)fi->fh, size));
  int file = openat(backing, at(path), O_WRONLY);
  if (file == -1) return -errno;
  int result = done(ftruncate(file, size));
  close(file);
  return result;
}

static int fs_fsync(const char *path, int data_only, struct fuse_file_info *fi) {
  (void)data_only;
  (void)fi;
  return on_flush(path);
}

static int fs_fsyncdir(const char *path, int data_only, struct fuse_file_info *fi) {
  return fs_fsync(path, data_only, fi);
}

static int fs_release(const char *path, struct fuse_file_info *fi) {
  (void)path;
  close((int)fi->fh);
  return 0;
}

static int fs_readdir(const char *path, void *list, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *fi,
                      enum fuse_readdir_flags flags) {
  (void)offset;
  (void)fi;
  (void)flags;
  UNLESS(on_read());
  int folder = openat(backing, at(path), O_RDONLY | O_DIRECTORY);
  DIR *open = folder == -1 ? NULL : fdopendir(folder);
  if (open == NULL) return -errno;
  for (struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open))
    if (fill(list, entry->d_name, NULL, 0, 0) != 0) break;
  closedir(open);
  return 0;
}

static int fs_unlink(const char *path) {
  UNLESS(on_change());
  return done(unlinkat(backing, at(path), 0));
}

static int fs_mkdir(const char *path, mode_t mode) {
  UNLESS(on_change());
  return done(mkdirat(backing, at(path), mode));
}

static int fs_rmdir(const char *path) {
  UNLESS(on_change());
  return done(unlinkat(backing, at(path), AT_REMOVEDIR));
}

static int fs_rename(const char *from, const char *to, unsigned int flags) {
  UNLESS(on_change());
  return done(renameat2(backing, at(from), backing, at(to), flags));
}

static int fs_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
  (void)fi;
  UNLESS(on_change());
  return done(fchmodat(backing, at(path), mode, 0));
}

static int fs_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) {
  (void)fi;
  UNLESS(on_change());
  return done(utimensat(backing, at(path), times, 0));
}

static int fs_statfs(const char *path, struct statvfs *st) {
  (void)path;
  UNLESS(on_read());
  return done(fstatvfs(backing, st));
}

static const struct fuse_operations operations = {
    .getattr = fs_getattr,
    .open = fs_open,
    .create = fs_create,
    .read = fs_read,
    .write = fs_write,
    .truncate = fs_truncate,
    .fsync = fs_fsync,
    .fsyncdir = fs_fsyncdir,
    .release = fs_release,
    .readdir = fs_readdir,
    .unlink = fs_unlink,
    .mkdir = fs_mkdir,
    .rmdir = fs_rmdir,
    .rename = fs_rename,
    .chmod = fs_chmod,
    .utimens = fs_utimens,
    .statfs = fs_statfs,
};

int main(int argc, char *argv[]) {
  if (argc < 4) {
    fprintf(stderr, "usage: failing-disk BACKING CONTROL MOUNTPOINT [FUSE OPTIONS]\n");
    return 2;
  }
  backing = open(argv[1], O_RDONLY | O_DIRECTORY);
  int file = open(argv[2], O_RDWR);
  if (backing == -1 || file == -1) {
    perror("failing-disk");
    return 1;
  }
  control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (control == MAP_FAILED) {
    perror(argv[2]);
    return 1;
  }
  argv[2] = argv[0];
  return fuse_main(argc - 2, argv + 2, &operations, NULL);
}
