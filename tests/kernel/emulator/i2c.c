// What does i2c-dev do with reads, writes and ioctls, and how does each become a transfer on a bus?
#include "kernel.h"
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

enum { BUSES = 16, LONGEST = 8192, ADDRESSES = 128, ADAPTER_TIMEOUT_S = 1 };
#define FUNCTIONS                                                                                            \
  (I2C_FUNC_I2C | I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_BYTE | I2C_FUNC_SMBUS_BYTE_DATA |                   \
   I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_I2C_BLOCK)

struct bus {
  bool present;
  /** Addresses that a driver of the kernel holds. */
  bool claimed[ADDRESSES];
  /** One clock line: one transfer at a time. */
  pthread_mutex_t turn;
};

/** The address belongs to the descriptor: i2c-bus opens one for each slave. */
struct client {
  int bus, address;
};

struct transfer {
  unsigned id;
  bool done;
  int error;
  uint8_t *into;
  size_t length;
  pthread_cond_t arrived;
  struct transfer *next;
};

static struct bus buses[BUSES] = { [0 ... BUSES - 1] = { .turn = PTHREAD_MUTEX_INITIALIZER } };
static struct transfer *waiting;
static unsigned next_id;

static int bus_of(const char *path) {
  int number, end = 0;
  if (sscanf(path, "/i2c-%d%n", &number, &end) != 1 || path[end] != '\0') return -1;
  return number >= 0 && number < BUSES && buses[number].present ? number : -1;
}

int i2c_getattr(const char *path, struct stat *st) {
  if (bus_of(path) < 0) return -ENOENT;
  file_stat(st, 0660);
  st->st_size = 0;
  return 0;
}

int i2c_readdir(void *buffer, fuse_fill_dir_t fill) {
  char name[16];
  for (int number = 0; number < BUSES; number++) {
    if (!buses[number].present) continue;
    snprintf(name, sizeof name, "i2c-%d", number);
    fill(buffer, name, NULL, 0, 0);
  }
  return 0;
}

int i2c_open(const char *path, struct fuse_file_info *file) {
  int number = bus_of(path);
  if (number < 0) return -ENOENT;
  struct client *client = calloc(1, sizeof *client);
  client->bus = number;
  file->fh = (uintptr_t)client;
  return 0;
}

void i2c_release(struct fuse_file_info *file) { free((void *)(uintptr_t)file->fh); }

/** With `lock` held: tells the far end and waits for its answer, as long as an adapter waits. */
static int ask(struct transfer *mine, int bus, int address, const uint8_t *out, size_t out_length) {
  char *hex = malloc(2 * out_length + 2);
  strcpy(hex, out_length == 0 ? "-" : "");
  for (size_t at = 0; at < out_length; at++) sprintf(hex + 2 * at, "%02x", out[at]);
  say("xfer %u %d %d %s %zu", mine->id, bus, address, hex, mine->length);
  free(hex);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += ADAPTER_TIMEOUT_S;
  while (!mine->done)
    if (pthread_cond_timedwait(&mine->arrived, &lock, &until) == ETIMEDOUT) return -ETIMEDOUT;
  return mine->error;
}

/** Write, repeated start, read; either may be empty. 0 or a negative errno. */
static int transfer(int bus, int address, const uint8_t *out, size_t out_length, uint8_t *in, size_t in_length) {
  struct transfer mine = { .into = in, .length = in_length };
  pthread_cond_init(&mine.arrived, NULL);
  pthread_mutex_lock(&buses[bus].turn);
  pthread_mutex_lock(&lock);
  int result = -ENODEV;
  if (buses[bus].present) {
    mine.id = ++next_id;
    mine.next = waiting;
    waiting = &mine;
    result = ask(&mine, bus, address, out, out_length);
    for (struct transfer **at = &waiting; *at != NULL; at = &(*at)->next)
      if (*at == &mine) {
        *at = mine.next;
        break;
      }
  }
  pthread_mutex_unlock(&lock);
  pthread_mutex_unlock(&buses[bus].turn);
  return result;
}

int i2c_read(char *buffer, size_t size, struct fuse_file_info *file) {
  const struct client *client = (struct client *)(uintptr_t)file->fh;
  if (size > LONGEST) size = LONGEST; // i2c-dev cuts at 8192, too
  int error = transfer(client->bus, client->address, NULL, 0, (uint8_t *)buffer, size);
  return error < 0 ? error : (int)size;
}

int i2c_write(const char *bytes, size_t size, struct fuse_file_info *file) {
  const struct client *client = (struct client *)(uintptr_t)file->fh;
  if (size > LONGEST) size = LONGEST;
  int error = transfer(client->bus, client->address, (const uint8_t *)bytes, size, NULL, 0);
  return error < 0 ? error : (int)size;
}

// The commands carry no size, so FUSE does not copy what their pointers point to.
static bool peek(uintptr_t from, void *into, size_t size) {
  struct iovec here = { into, size }, there = { (void *)from, size };
  return process_vm_readv(fuse_get_context()->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static bool poke(uintptr_t into, const void *from, size_t size) {
  struct iovec here = { (void *)from, size }, there = { (void *)into, size };
  return process_vm_writev(fuse_get_context()->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static int smbus(const struct client *client, uintptr_t argument) {
  struct i2c_smbus_ioctl_data call;
  union i2c_smbus_data data = { 0 };
  if (!peek(argument, &call, sizeof call)) return -EFAULT;
  bool reads = call.read_write == I2C_SMBUS_READ;
  bool has_data = call.data != NULL;
  if (has_data && !peek((uintptr_t)call.data, &data, sizeof data)) return -EFAULT;
  uint8_t out[I2C_SMBUS_BLOCK_MAX + 2] = { call.command }, in[I2C_SMBUS_BLOCK_MAX] = { 0 };
  size_t out_length = 1, in_length = 0;
  switch (call.size) {
    case I2C_SMBUS_QUICK: out_length = 0; break;
    case I2C_SMBUS_BYTE:
      if (reads) out_length = 0, in_length = 1;
      break;
    case I2C_SMBUS_BYTE_DATA:
      if (reads) in_length = 1;
      else out[out_length++] = data.byte;
      break;
    case I2C_SMBUS_WORD_DATA:
      if (reads) in_length = 2;
      else out[1] = data.word & 0xff, out[2] = data.word >> 8, out_length = 3;
      break;
    case I2C_SMBUS_I2C_BLOCK_BROKEN:
    case I2C_SMBUS_I2C_BLOCK_DATA:
      if (call.size == I2C_SMBUS_I2C_BLOCK_BROKEN && reads) data.block[0] = I2C_SMBUS_BLOCK_MAX;
      if (data.block[0] == 0 || data.block[0] > I2C_SMBUS_BLOCK_MAX) return -EINVAL;
      if (reads) in_length = data.block[0];
      else memcpy(out + 1, data.block + 1, data.block[0]), out_length += data.block[0];
      break;
    default: return -EOPNOTSUPP;
  }
  int error = transfer(client->bus, client->address, out, out_length, in, in_length);
  if (error < 0 || !reads || in_length == 0) return error;
  if (call.size == I2C_SMBUS_WORD_DATA) data.word = in[0] | in[1] << 8;
  else if (call.size == I2C_SMBUS_BYTE || call.size == I2C_SMBUS_BYTE_DATA) data.byte = in[0];
  else memcpy(data.block + 1, in, in_length);
  return poke((uintptr_t)call.data, &data, sizeof data) ? 0 : -EFAULT;
}

/** Messages to one address: any writes, then at most one read. Enough for every chip of a kiosk. */
static int rdwr(const struct client *client, uintptr_t argument) {
  struct i2c_rdwr_ioctl_data call;
  struct i2c_msg messages[I2C_RDWR_IOCTL_MAX_MSGS];
  if (!peek(argument, &call, sizeof call)) return -EFAULT;
  if (call.nmsgs == 0 || call.nmsgs > I2C_RDWR_IOCTL_MAX_MSGS) return -EINVAL;
  if (!peek((uintptr_t)call.msgs, messages, call.nmsgs * sizeof *messages)) return -EFAULT;
  uint8_t out[LONGEST], in[LONGEST];
  size_t out_length = 0;
  for (unsigned at = 0; at < call.nmsgs; at++) {
    const struct i2c_msg *message = &messages[at];
    bool last = at + 1 == call.nmsgs, reads = message->flags & I2C_M_RD;
    if (message->len > LONGEST - out_length || (reads && !last)) return -EINVAL;
    if (!reads && !peek((uintptr_t)message->buf, out + out_length, message->len)) return -EFAULT;
    if (!reads) out_length += message->len;
    if (!last) continue;
    size_t in_length = reads ? message->len : 0;
    int error = transfer(client->bus, message->addr, out, out_length, in, in_length);
    if (error < 0) return error;
    if (reads && !poke((uintptr_t)message->buf, in, in_length)) return -EFAULT;
  }
  return (int)call.nmsgs;
}

int i2c_ioctl(unsigned command, uintptr_t argument, struct fuse_file_info *file) {
  struct client *client = (struct client *)(uintptr_t)file->fh;
  unsigned long functions = FUNCTIONS;
  switch (command) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
      if (argument >= ADDRESSES) return -EINVAL;
      if (command == I2C_SLAVE && buses[client->bus].claimed[argument]) return -EBUSY;
      client->address = (int)argument;
      return 0;
    case I2C_FUNCS: return poke(argument, &functions, sizeof functions) ? 0 : -EFAULT;
    case I2C_SMBUS: return smbus(client, argument);
    case I2C_RDWR: return rdwr(client, argument);
    default: return -ENOTTY;
  }
}

static void finish(unsigned id, int error, const char *hex) {
  for (struct transfer *found = waiting; found != NULL; found = found->next) {
    if (found->id != id) continue;
    for (size_t at = 0; error == 0 && at < found->length; at++) {
      unsigned byte = 0xff; // nobody pulls the line low
      if (sscanf(hex + 2 * at, "%2x", &byte) != 1) break;
      found->into[at] = (uint8_t)byte;
    }
    found->error = error;
    found->done = true;
    pthread_cond_signal(&found->arrived);
  }
}

bool i2c_command(const char *line) {
  static char hex[2 * LONGEST + 1];
  unsigned id;
  int number, address, wanted;
  bool known = true;
  pthread_mutex_lock(&lock);
  if (sscanf(line, "done %u %16384s", &id, hex) == 2) finish(id, 0, strcmp(hex, "-") == 0 ? "" : hex);
  else if (sscanf(line, "fail %u %d", &id, &number) == 2) finish(id, -number, "");
  else if (sscanf(line, "bus %d", &number) == 1 && number >= 0 && number < BUSES)
    buses[number].present = true;
  else if (sscanf(line, "unbus %d", &number) == 1 && number >= 0 && number < BUSES)
    buses[number].present = false;
  else if (sscanf(line, "claim %d %d %d", &number, &address, &wanted) == 3 && number >= 0 &&
           number < BUSES && address >= 0 && address < ADDRESSES)
    buses[number].claimed[address] = wanted != 0;
  else known = false;
  pthread_mutex_unlock(&lock);
  return known;
}
