// Do named lines behave over the wire of the simulated board, and is a wrong board refused by name?
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import { chipBase, openOnoffBus } from "../../src/hal/lines/onoff-bus.js";
import { socketLineBus } from "../../src/hal/lines/socket-bus.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { LinesSim } from "../../src/hal/sim/lines-sim.js";
import { ACTIVE_LOW, linesSuite, OFFSETS } from "./lines-suite.js";
import { assertFault, systemClock, wireTo } from "./wires.js";

const clock = systemClock();
let last: BytePort | null = null;

linesSuite(test, {
  open: async (sim) => {
    last = wireTo(sim);
    return socketLineBus(last, clock);
  },
  arrive: () => new Promise((resolve) => setImmediate(resolve)),
  pull: async () => last?.close(),
  grainMs: 0,
});

test("wiring that names an unknown line or a pin that is not there is refused by name", async () => {
  const open = (offsets: Record<string, number>) =>
    openLines({
      bus: socketLineBus(wireTo(new LinesSim({ offsets: OFFSETS, activeLow: [] })), clock),
      offsets,
      activeLow: [],
      debounceMs: 5,
      clock,
    });
  await assertFault("lines.absent", /unknown lines: dor/, () => open({ dor: 17 }));
  await assertFault("lines.absent", /pin 99/, () => open({ door: 99 }));
});

test("the chip is found by its label, wherever its base lies", async () => {
  const root = await mkdtemp(join(tmpdir(), "motcua-sysfs-"));
  try {
    const chip = async (base: string, label: string) => {
      const folder = join(root, `gpiochip${base.trim()}`);
      await mkdir(folder);
      await writeFile(join(folder, "label"), `${label}\n`);
      await writeFile(join(folder, "base"), `${base}\n`);
    };
    await chip("504", "raspberrypi-exp-gpio");
    await chip("512", "pinctrl-bcm2711");
    await writeFile(join(root, "export"), "");
    assert.is(await chipBase("pinctrl-bcm2711", root), 512);
    await assertFault("lines.absent", /no GPIO chip is labelled "pinctrl-rp1".*pinctrl-bcm2711/, () =>
      chipBase("pinctrl-rp1", root),
    );
    await assertFault("lines.absent", /sysfs GPIO/, () => chipBase("pinctrl-rp1", join(root, "nothing")));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a machine without this chip says so instead of crashing", async () => {
  await assertFault("lines.absent", /GPIO/, () => openOnoffBus("a label that no chip has"));
});

test("whatever comes over the wire, the driver neither throws unobserved nor hangs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json()), { maxLength: 8 }),
      async (noise) => {
        const sim = new LinesSim({ offsets: OFFSETS, activeLow: ACTIVE_LOW });
        let far: BytePort | null = null;
        const port = wireTo({
          attach: (end) => {
            far = end;
            sim.attach(end);
          },
        });
        const bus = socketLineBus(port, clock);
        await bus.claimInput(17);
        for (const text of noise)
          await (far as BytePort | null)
            ?.write(typeof text === "string" ? Buffer.from(`${text}\n`) : text)
            .catch(() => {});
        await bus.read(17).catch((thrown) => assert.instance(thrown, Error));
        await bus.close();
      },
    ),
    { numRuns: 60 },
  );
});

test.run();
