// A printer on TCP 9100: its connection is reset, half closed or silent in the middle of an image.
import { createServer, type Server, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openPort } from "../../src/hal/port/open.js";
import { socketPort } from "../../src/hal/port/socket.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock } from "../contract/bench.js";
import { codeOf, type Model, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { listen } from "../contract/printer-wires.js";

interface Network {
  readonly sim: PrinterSim;
  readonly sockets: Socket[];
  connect(): Promise<Printer>;
  close(): Promise<void>;
}

const network = async (model: Model): Promise<Network> => {
  const sim = new PrinterSim({ widthDots: 384, model });
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
    sim.attach(socketPort(socket, "the printer's end"));
  });
  const port = await listen(server);
  return {
    sim,
    sockets,
    connect: async () =>
      openPrinter({ port: await openPort(`tcp:127.0.0.1:${port}`), widthDots: 384, model, clock }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      sim.dispose();
    },
  };
};

/** What becomes of the connection, and what the kiosk then says. */
const ENDS: Readonly<Record<string, readonly [end: (socket: Socket) => void, code: string]>> = {
  reset: [(socket) => socket.resetAndDestroy(), "printer.absent"],
  "closed in one direction": [(socket) => socket.end(), "printer.absent"],
  closed: [(socket) => socket.destroy(), "printer.absent"],
  "silent, as when the cable is pulled": [(socket) => socket.pause(), "printer.silent"],
};

for (const model of ["epson", "generic"] as const)
  for (const [what, [end, code]] of Object.entries(ENDS))
    test(`${model}: the connection is ${what} in the middle: in doubt, and clean on the next connection`, async () => {
      const { sim, sockets, connect, close } = await network(model);
      const printer = await connect();
      await printer.print({ jobId: 1, page: testPage(10, 1) });
      sim.control.clearSlips();
      sim.control.afterRows(60, () => {
        const socket = sockets.at(-1);
        if (socket !== undefined) end(socket);
      });
      const started = clock.monotonicMs();
      const page = testPage(400, 2);
      const outcome = await printer.print({ jobId: 2, page });
      assert.is(outcome.result, "inDoubt");
      assert.is(saidOf(outcome), code);
      assert.ok(clock.monotonicMs() - started < 15_000);
      assert.is(codeOf(await printer.health()), code);
      await printer.close();
      const again = await connect();
      const next = testPage(70, 3);
      assert.is((await again.print({ jobId: 3, page: next })).result, "printed");
      const last = sim.control.slips.at(-1);
      assert.ok(last?.complete && shows(last, next));
      assert.ok(sim.control.slips.length <= 2, "the torn piece, then the next slip");
      await again.close();
      await close();
    });

test.run();
