// Do lines behave through the real onoff and its native epoll, on files that a kernel could have made?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import { openOnoffBus } from "../../src/hal/lines/onoff-bus.js";
import { openLineBus } from "../../src/hal/lines/open-bus.js";
import { ACTIVE_LOW, linesSuite, OFFSETS } from "../contract/lines-suite.js";
import { assertFault, eventually, systemClock } from "../contract/wires.js";
import { EmulatedKernel, type GpioChip } from "./kernel.js";
import { type Soldering, solder } from "./kernel-lines.js";
import { withPrivateKernel } from "./namespace.js";

const clock = systemClock();
/** As on a Pi 4 with kernel 6.6: the expander comes first, and the header's chip does not start at 0. */
const EXPANDER: GpioChip = { base: 504, lines: 8, label: "raspberrypi-exp-gpio" };
const HEADER: GpioChip = { base: 512, lines: 58, label: "pinctrl-bcm2711" };

const suite = async () => {
  const kernel = await EmulatedKernel.start();
  let soldering: Soldering | null = null;
  let present = false;
  const plug = () => {
    if (!present) for (const chip of [EXPANDER, HEADER]) kernel.addChip(chip);
    present = true;
  };
  const pull = async () => {
    for (const { base } of [EXPANDER, HEADER]) kernel.removeChip(base);
    present = false;
    await kernel.sync();
  };
  const open = async (offsets: Record<string, number>) => {
    plug();
    await kernel.sync();
    return openLines({
      bus: await openOnoffBus(HEADER.label),
      offsets,
      activeLow: ACTIVE_LOW,
      debounceMs: 5,
      clock,
    });
  };

  linesSuite(test, {
    open: async (sim) => {
      plug();
      soldering?.unsolder();
      soldering = await solder(kernel, HEADER.base, sim, OFFSETS);
      return openOnoffBus(HEADER.label);
    },
    arrive: async () => soldering?.arrive(),
    pull,
    grainMs: 0,
  });

  test("a lamp that is lit by a low level never flashes while its pin is claimed", async () => {
    const driven: string[] = [];
    const unwatch = kernel.onOutput((pin, level) => driven.push(`${pin - HEADER.base} ${level}`));
    const lines = await open({ trayLamp: 6, cardLamp: 5 });
    await kernel.sync();
    assert.equal(driven, ["5 0", "6 1"]);
    unwatch();
    await lines.close();
  });

  test("a pin that a driver of the kernel holds is refused by number and reason, and can be had later", async () => {
    plug();
    kernel.setBusy(HEADER.base + 17, true);
    await kernel.sync();
    await assertFault("lines.absent", /pin 17: EBUSY, a driver of the kernel/, () => open({ door: 17 }));
    kernel.setBusy(HEADER.base + 17, false);
    await (await open({ door: 17 })).close();
  });

  test("without the permission the fault names the group", async () => {
    plug();
    kernel.setDenied(true);
    await kernel.sync();
    await assertFault("lines.absent", /permission.*group gpio/, () => open({ door: 17 }));
    kernel.setDenied(false);
    await (await open({ door: 17 })).close();
  });

  test("a pin that the chip does not have is named", async () => {
    await assertFault("lines.absent", /pin 99: EINVAL, the chip has no such pin/, () => open({ door: 99 }));
  });

  test("a pin that a killed runtime left as an output becomes an input again", async () => {
    const first = await openOnoffBus(HEADER.label);
    await first.claimOutput(17, 1);
    const second = await openOnoffBus(HEADER.label);
    kernel.setLevel(HEADER.base + 17, 0);
    await kernel.sync();
    assert.is(await second.claimInput(17), 0);
    await second.close();
    await first.close();
  });

  test("a chip that is pulled while its edges are awaited ends nothing but itself", async () => {
    const lines = await open({ door: 17, cardLamp: 5 });
    await pull();
    // The edge callback of onoff reads the level of a pin that is gone: by then the process has survived it.
    await clock.sleep(50);
    assert.is((await lines.health())?.code, "lines.absent");
    await lines.close();
    const again = await open({ door: 17, cardLamp: 5 });
    assert.is(await again.health(), null);
    await again.close();
  });

  test("lines of two chips are one cabinet, whichever chip the kernel found first", async () => {
    plug();
    const wiring = {
      bus: "gpio",
      chip: HEADER.label,
      chips: { presence: EXPANDER.label, buzzer: EXPANDER.label },
      offsets: { door: 3, presence: 3, cardLamp: 5, buzzer: 5 },
    };
    const lines = await openLines({
      ...(await openLineBus(wiring, clock)),
      activeLow: [],
      debounceMs: 5,
      clock,
    });
    const edges: string[] = [];
    lines.onEdge(({ line, value }) => edges.push(`${line} ${value}`));
    const driven: string[] = [];
    const unwatch = kernel.onOutput((pin, level) => driven.push(`${pin} ${level}`));
    kernel.setLevel(EXPANDER.base + 3, 1);
    await eventually("the edge of the second chip", () => edges.length === 1);
    kernel.setLevel(HEADER.base + 3, 1);
    await eventually("the edge of the first chip", () => edges.length === 2);
    assert.equal(edges, ["presence true", "door true"]);
    await lines.set("buzzer", true);
    await lines.set("cardLamp", true);
    await kernel.sync();
    assert.equal(driven, [`${EXPANDER.base + 5} 1`, `${HEADER.base + 5} 1`]);
    unwatch();
    await lines.close();
  });

  test("wiring that gives a chip to a line without an offset is refused by name", async () => {
    const wiring = { bus: "gpio", chip: HEADER.label, chips: { dor: "x" }, offsets: { door: 3 } };
    await assertFault("lines.absent", /without an offset: dor/, () => openLineBus(wiring, clock));
  });

  test.after(() => kernel.stop());
  test.run();
};

await withPrivateKernel(import.meta.url, suite);
