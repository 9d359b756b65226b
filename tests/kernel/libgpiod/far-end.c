// What does a program see of two GPIO chips when libgpiod's calls end in a file instead of in a kernel?
//
// Preloaded before libgpiod 1.6, so that the real node-libgpiod runs on a machine without GPIO. The file holds
// one byte that says whether the chips are there, then four bytes a line: the level outside, the level that is
// driven, what it is claimed as, and whether somebody else holds it. Every driven level is also appended to a
// log. Only the calls that the driver makes are here; any other reaches the real library and finds no chip.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHIPS = 2, LINES = 32, FREE = 0, INPUT = 1, OUTPUT = 2 };

struct pin {
  unsigned char external, driven, claim, busy;
};

struct state {
  unsigned char present;
  struct pin pins[CHIPS * LINES];
};

struct gpiod_line {
  int number;
};

struct gpiod_chip {
  int index;
  struct gpiod_line lines[LINES];
};

struct gpiod_chip_iter {
  int next;
  struct gpiod_chip *chips[CHIPS];
};

static const char *const NAMES[CHIPS] = { "gpiochip0", "gpiochip1" };
static const char *const LABELS[CHIPS] = { "gpio0", "gpio3" };

static struct state *state(void) {
  static struct state *shared;
  if (shared != NULL) return shared;
  int fd = open(getenv("MOTCUA_GPIOD_STATE"), O_RDWR);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) abort();
  return shared;
}

static struct gpiod_chip *make_chip(int index) {
  struct gpiod_chip *chip = calloc(1, sizeof *chip);
  chip->index = index;
  for (int at = 0; at < LINES; at++) chip->lines[at].number = index * LINES + at;
  return chip;
}

static int fail(int error) {
  errno = error;
  return -1;
}

struct gpiod_chip_iter *gpiod_chip_iter_new(void) {
  struct gpiod_chip_iter *iter = calloc(1, sizeof *iter);
  if (!state()->present) iter->next = CHIPS;
  return iter;
}

struct gpiod_chip *gpiod_chip_iter_next_noclose(struct gpiod_chip_iter *iter) {
  if (iter->next >= CHIPS) return NULL;
  int index = iter->next++;
  return iter->chips[index] = make_chip(index);
}

void gpiod_chip_iter_free(struct gpiod_chip_iter *iter) {
  for (int at = 0; at < CHIPS; at++) free(iter->chips[at]);
  free(iter);
}

struct gpiod_chip *gpiod_chip_open_lookup(const char *name) {
  for (int index = 0; state()->present && index < CHIPS; index++)
    if (strcmp(name, NAMES[index]) == 0) return make_chip(index);
  fail(ENOENT);
  return NULL;
}

void gpiod_chip_close(struct gpiod_chip *chip) { free(chip); }
const char *gpiod_chip_name(struct gpiod_chip *chip) { return NAMES[chip->index]; }
const char *gpiod_chip_label(struct gpiod_chip *chip) { return LABELS[chip->index]; }
unsigned gpiod_chip_num_lines(struct gpiod_chip *chip) { return chip != NULL ? LINES : 0; }

struct gpiod_line *gpiod_chip_get_line(struct gpiod_chip *chip, unsigned offset) {
  if (offset < LINES) return &chip->lines[offset];
  fail(EINVAL);
  return NULL;
}

unsigned gpiod_line_offset(struct gpiod_line *line) { return line->number % LINES; }

static void drive(struct gpiod_line *line, int level) {
  char text[32];
  state()->pins[line->number].driven = (unsigned char)level;
  int length = snprintf(text, sizeof text, "%d %d\n", line->number, level);
  int fd = open(getenv("MOTCUA_GPIOD_LOG"), O_WRONLY | O_APPEND);
  if (write(fd, text, length) != length) abort();
  close(fd);
}

static int claim(struct gpiod_line *line, int as) {
  struct pin *pin = &state()->pins[line->number];
  if (!state()->present) return fail(ENODEV);
  if (pin->busy || pin->claim != FREE) return fail(EBUSY);
  pin->claim = (unsigned char)as;
  return 0;
}

int gpiod_line_request_input(struct gpiod_line *line, const char *consumer) {
  (void)consumer;
  return claim(line, INPUT);
}

int gpiod_line_request_output(struct gpiod_line *line, const char *consumer, int level) {
  (void)consumer;
  if (claim(line, OUTPUT) < 0) return -1;
  drive(line, level);
  return 0;
}

int gpiod_line_get_value(struct gpiod_line *line) {
  const struct pin *pin = &state()->pins[line->number];
  if (!state()->present) return fail(ENODEV);
  if (pin->claim == FREE) return fail(EPERM);
  return pin->claim == OUTPUT ? pin->driven : pin->external;
}

int gpiod_line_set_value(struct gpiod_line *line, int level) {
  if (!state()->present) return fail(ENODEV);
  if (state()->pins[line->number].claim != OUTPUT) return fail(EPERM);
  drive(line, level);
  return 0;
}

void gpiod_line_release(struct gpiod_line *line) { state()->pins[line->number].claim = FREE; }
