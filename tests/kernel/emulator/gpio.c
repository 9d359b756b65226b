// What does the GPIO class of sysfs show of some chips, and when does a value file raise POLLPRI?
#include "kernel.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PINS = 2048, CHIPS = 8 };
enum { RISING = 1, FALLING = 2 };
static const char *const EDGES[] = { "none", "rising", "falling", "both" };

struct chip {
  int base, lines;
  char label[64];
};

struct pin {
  bool exported, busy, output, active_low;
  int external, driven, edge;
  /** Counts edges as kernfs does: a descriptor that has seen less is told. */
  unsigned event;
  /** A descriptor of an earlier export is dead. */
  unsigned generation;
};

enum attribute { EXPORT, UNEXPORT, BASE, LABEL, NGPIO, VALUE, DIRECTION, EDGE, ACTIVE_LOW };
static const char *const CHIP_FILES[] = { "base", "label", "ngpio" };
static const char *const PIN_FILES[] = { "value", "direction", "edge", "active_low" };

struct node {
  enum attribute attribute;
  /** Pin number, or index of the chip. */
  int at;
};

struct opened {
  struct node node;
  unsigned generation, seen;
  struct fuse_pollhandle *handle;
  struct opened *next;
};

static struct chip chips[CHIPS];
static int chip_count;
static struct pin pins[PINS];
static struct opened *files;
static bool denied;

static struct chip *chip_of(int number) {
  for (int at = 0; at < chip_count; at++)
    if (number >= chips[at].base && number < chips[at].base + chips[at].lines) return &chips[at];
  return NULL;
}

static int chip_at(int base) {
  for (int at = 0; at < chip_count; at++)
    if (chips[at].base == base) return at;
  return -1;
}

static bool is_exported(int number) { return number >= 0 && number < PINS && pins[number].exported; }

/** 0: a file, 1: a folder, else an errno. */
static int find(const char *path, struct node *node) {
  int number, end = 0;
  if (*path == '\0') return 1;
  if (strcmp(path, "/export") == 0) return node->attribute = EXPORT, 0;
  if (strcmp(path, "/unexport") == 0) return node->attribute = UNEXPORT, 0;
  if (sscanf(path, "/gpiochip%d%n", &number, &end) == 1 && end > 0) {
    node->at = chip_at(number);
    if (node->at < 0) return -ENOENT;
    if (path[end] == '\0') return 1;
    for (int file = 0; file < 3; file++)
      if (strcmp(path + end + 1, CHIP_FILES[file]) == 0) return node->attribute = BASE + file, 0;
    return -ENOENT;
  }
  if (sscanf(path, "/gpio%d%n", &number, &end) == 1 && end > 0 && is_exported(number)) {
    node->at = number;
    if (path[end] == '\0') return 1;
    for (int file = 0; file < 4; file++)
      if (strcmp(path + end + 1, PIN_FILES[file]) == 0) return node->attribute = VALUE + file, 0;
  }
  return -ENOENT;
}

int gpio_getattr(const char *path, struct stat *st) {
  struct node node;
  pthread_mutex_lock(&lock);
  int found = find(path, &node);
  pthread_mutex_unlock(&lock);
  if (found < 0) return found;
  if (found == 1) folder_stat(st);
  else file_stat(st, node.attribute <= UNEXPORT ? 0200 : node.attribute <= NGPIO ? 0444 : 0644);
  return 0;
}

int gpio_readdir(const char *path, void *buffer, fuse_fill_dir_t fill) {
  char name[32];
  if (*path != '\0') {
    bool chip = strncmp(path, "/gpiochip", 9) == 0;
    for (int file = 0; file < (chip ? 3 : 4); file++)
      fill(buffer, chip ? CHIP_FILES[file] : PIN_FILES[file], NULL, 0, 0);
    return 0;
  }
  fill(buffer, "export", NULL, 0, 0);
  fill(buffer, "unexport", NULL, 0, 0);
  pthread_mutex_lock(&lock);
  for (int at = 0; at < chip_count; at++) {
    snprintf(name, sizeof name, "gpiochip%d", chips[at].base);
    fill(buffer, name, NULL, 0, 0);
  }
  for (int number = 0; number < PINS; number++) {
    if (!pins[number].exported) continue;
    snprintf(name, sizeof name, "gpio%d", number);
    fill(buffer, name, NULL, 0, 0);
  }
  pthread_mutex_unlock(&lock);
  return 0;
}

int gpio_open(const char *path, struct fuse_file_info *file) {
  struct node node = { 0 };
  pthread_mutex_lock(&lock);
  int result = find(path, &node);
  if (result == 1) result = -EISDIR;
  if (result == 0 && denied && node.attribute != BASE && node.attribute != LABEL) result = -EACCES;
  if (result == 0) {
    struct opened *opened = calloc(1, sizeof *opened);
    opened->node = node;
    if (node.attribute >= VALUE) {
      opened->generation = pins[node.at].generation;
      opened->seen = pins[node.at].event - 1; // kernfs reports a fresh descriptor as changed
    }
    opened->next = files;
    files = opened;
    file->fh = (uintptr_t)opened;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

void gpio_release(struct fuse_file_info *file) {
  struct opened *opened = (struct opened *)(uintptr_t)file->fh;
  pthread_mutex_lock(&lock);
  for (struct opened **at = &files; *at != NULL; at = &(*at)->next)
    if (*at == opened) {
      *at = opened->next;
      break;
    }
  if (opened->handle != NULL) fuse_pollhandle_destroy(opened->handle);
  free(opened);
  pthread_mutex_unlock(&lock);
}

/** False once the pin was unexported or its chip left: kernfs then answers ENODEV. */
static bool alive(const struct opened *opened) {
  if (opened->node.attribute < VALUE) return true;
  const struct pin *pin = &pins[opened->node.at];
  return pin->exported && pin->generation == opened->generation;
}

static int level(const struct pin *pin) {
  return (pin->output ? pin->driven : pin->external) ^ (pin->active_low ? 1 : 0);
}

int gpio_read(char *buffer, size_t size, off_t offset, struct fuse_file_info *file) {
  struct opened *opened = (struct opened *)(uintptr_t)file->fh;
  char text[80] = "";
  pthread_mutex_lock(&lock);
  bool lives = alive(opened);
  const struct pin *pin = &pins[opened->node.attribute >= VALUE ? opened->node.at : 0];
  const struct chip *chip = &chips[opened->node.attribute < VALUE ? opened->node.at : 0];
  switch (opened->node.attribute) {
    case BASE: snprintf(text, sizeof text, "%d\n", chip->base); break;
    case LABEL: snprintf(text, sizeof text, "%s\n", chip->label); break;
    case NGPIO: snprintf(text, sizeof text, "%d\n", chip->lines); break;
    case VALUE:
      snprintf(text, sizeof text, "%d\n", level(pin));
      opened->seen = pin->event;
      break;
    case DIRECTION: snprintf(text, sizeof text, "%s\n", pin->output ? "out" : "in"); break;
    case EDGE: snprintf(text, sizeof text, "%s\n", EDGES[pin->edge]); break;
    case ACTIVE_LOW: snprintf(text, sizeof text, "%d\n", pin->active_low); break;
    default: lives = false;
  }
  pthread_mutex_unlock(&lock);
  if (!lives) return -ENODEV;
  size_t length = strlen(text);
  if ((size_t)offset >= length) return 0;
  if (size > length - offset) size = length - offset;
  memcpy(buffer, text + offset, size);
  return (int)size;
}

static void wake(int number) {
  for (struct opened *opened = files; opened != NULL; opened = opened->next) {
    if (opened->node.attribute != VALUE || opened->node.at != number || opened->handle == NULL) continue;
    fuse_notify_poll(opened->handle);
    fuse_pollhandle_destroy(opened->handle);
    opened->handle = NULL;
  }
}

int gpio_poll(struct fuse_file_info *file, struct fuse_pollhandle *handle, unsigned *events) {
  struct opened *opened = (struct opened *)(uintptr_t)file->fh;
  pthread_mutex_lock(&lock);
  if (handle != NULL) {
    if (opened->handle != NULL) fuse_pollhandle_destroy(opened->handle);
    opened->handle = handle;
  }
  *events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  if (!alive(opened)) *events |= POLLERR | POLLPRI;
  else if (opened->node.attribute == VALUE && opened->seen != pins[opened->node.at].event)
    *events |= POLLERR | POLLPRI;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int export_pin(int number) {
  if (number < 0 || number >= PINS || chip_of(number) == NULL) return -EINVAL;
  struct pin *pin = &pins[number];
  if (pin->exported || pin->busy) return -EBUSY;
  pin->exported = true;
  pin->generation++;
  // Direction and level stay as the last owner left them.
  pin->edge = 0;
  pin->active_low = false;
  say("export %d", number);
  return 0;
}

static int unexport_pin(int number) {
  if (!is_exported(number)) return -EINVAL;
  pins[number].exported = false;
  say("unexport %d", number);
  wake(number);
  return 0;
}

static void drive(int number, int wanted) {
  pins[number].driven = wanted;
  say("out %d %d", number, wanted);
}

static int set_direction(int number, const char *word) {
  struct pin *pin = &pins[number];
  if (strcmp(word, "in") == 0) {
    pin->output = false;
    return 0;
  }
  int wanted = strcmp(word, "high") == 0;
  if (!wanted && strcmp(word, "low") != 0 && strcmp(word, "out") != 0) return -EINVAL;
  if (pin->edge != 0) return -EIO; // a line that is an interrupt can not be driven
  pin->output = true;
  drive(number, wanted ^ (pin->active_low ? 1 : 0));
  return 0;
}

static int set_edge(int number, const char *word) {
  for (int edge = 0; edge < 4; edge++) {
    if (strcmp(word, EDGES[edge]) != 0) continue;
    if (edge != 0 && pins[number].output) return -EIO;
    pins[number].edge = edge;
    return 0;
  }
  return -EINVAL;
}

static int set_pin(enum attribute attribute, int number, const char *word) {
  switch (attribute) {
    case VALUE:
      if (!pins[number].output) return -EPERM;
      drive(number, (*word != '0') ^ (pins[number].active_low ? 1 : 0));
      return 0;
    case DIRECTION: return set_direction(number, word);
    case EDGE: return set_edge(number, word);
    case ACTIVE_LOW:
      pins[number].active_low = *word != '0';
      return 0;
    default: return -EACCES;
  }
}

int gpio_write(const char *text, size_t size, struct fuse_file_info *file) {
  struct opened *opened = (struct opened *)(uintptr_t)file->fh;
  char word[16] = "";
  if (size == 0 || size >= sizeof word) return -EINVAL;
  memcpy(word, text, size);
  word[strcspn(word, "\n")] = '\0';
  pthread_mutex_lock(&lock);
  int result = -ENODEV;
  if (opened->node.attribute == EXPORT) result = export_pin(atoi(word));
  else if (opened->node.attribute == UNEXPORT) result = unexport_pin(atoi(word));
  else if (alive(opened)) result = set_pin(opened->node.attribute, opened->node.at, word);
  pthread_mutex_unlock(&lock);
  return result < 0 ? result : (int)size;
}

static void set_external(int number, int wanted) {
  struct pin *pin = &pins[number];
  if (pin->external == wanted) return;
  pin->external = wanted;
  if (!pin->exported || pin->output) return;
  int edge = (wanted ^ (pin->active_low ? 1 : 0)) ? RISING : FALLING;
  if ((pin->edge & edge) == 0) return;
  pin->event++;
  wake(number);
}

static void remove_chip(int base) {
  int at = chip_at(base);
  if (at < 0) return;
  struct chip gone = chips[at];
  chips[at] = chips[--chip_count];
  for (int number = gone.base; number < gone.base + gone.lines; number++)
    if (is_exported(number)) unexport_pin(number);
}

bool gpio_command(const char *line) {
  struct chip chip = { 0 };
  int number, wanted;
  bool known = true;
  pthread_mutex_lock(&lock);
  if (sscanf(line, "chip %d %d %63s", &chip.base, &chip.lines, chip.label) == 3) {
    if (chip_count < CHIPS && chip.base + chip.lines <= PINS) chips[chip_count++] = chip;
  } else if (sscanf(line, "unchip %d", &number) == 1) remove_chip(number);
  else if (sscanf(line, "level %d %d", &number, &wanted) == 2 && number >= 0 && number < PINS)
    set_external(number, wanted != 0);
  else if (sscanf(line, "busy %d %d", &number, &wanted) == 2 && number >= 0 && number < PINS)
    pins[number].busy = wanted != 0;
  else if (sscanf(line, "deny %d", &wanted) == 1) denied = wanted != 0;
  else known = false;
  pthread_mutex_unlock(&lock);
  return known;
}
