// A kernel that hangs as soon as this is loaded: no interrupt is taken, nobody feeds the watchdog any more.
//
// Not a panic, whose loop gives the processor back at every turn: an emulator that counts instructions leaves its fast
// way each time. (Reasoned from its source, not measured.)
#include <linux/irqflags.h>
#include <linux/module.h>

static int __init start(void) {
  local_irq_disable();
  for (;;) asm volatile(".rept 400\n nop\n .endr");
  return 0;
}

module_init(start);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hangs the emulated board's kernel, for its watchdog");
