// Who may ask the running kiosk how it is, and act on it: console, doctor, courier, updates?
import { deviceKeyReport } from "../acts/device-key.js";
import type { Printing } from "../acts/printing.js";
import { testWithFaces } from "../acts/testing.js";
import { makeCourier } from "../courier.js";
import type { Visit } from "../flows/run-visit.js";
import { ConsoleViews } from "../ops/console-view.js";
import { controlSocketPath, startControlSocket } from "../ops/control-socket.js";
import { PinGate } from "../ops/pin.js";
import type { SelfTestWish } from "../ops/self-test.js";
import {
  deviceReading,
  type KioskStatus,
  queueReport,
  reportDevices,
  standingTroubles,
} from "../ops/status.js";
import { readinessDetail, Technician } from "../ops/technician.js";
import { UsbGate, usbguard } from "../ops/usb-gate.js";
import { packageVersion } from "../package-root.js";
import type { ScreenServer } from "../screen/server.js";
import type { Link } from "../sync/link-view.js";
import type { KioskUpdates } from "../update-kiosk.js";
import { versionsOf } from "../versions.js";
import type { Ground } from "./ground.js";

export interface DeskParts {
  readonly visit: Visit;
  readonly link: Link;
  readonly screen: ScreenServer;
  readonly printing: Printing;
  readonly updates: KioskUpdates;
}

export interface Desk {
  readonly status: () => KioskStatus;
  /** Sticks are kept out again, and no panel follows any more. */
  rest(): void;
  close(): Promise<void>;
}

const statusOf = (
  { config, startedAt, store, board, deviceKey, clock, writer }: Ground,
  { visit, link, screen }: DeskParts,
): KioskStatus => {
  return {
    kioskId: config.kiosk.id,
    version: packageVersion(),
    uptimeSeconds: Math.round((performance.now() - startedAt) / 1_000),
    screen: { url: screen.url, connected: screen.connected },
    devices: reportDevices(board),
    visit: { state: visit.state.name, busy: visit.state.busy },
    queue: queueReport(store),
    link: link.state,
    deviceKey: deviceKeyReport(deviceKey),
    troubles: standingTroubles(link, store, deviceKey),
    clock: clock.wall(),
    log: writer.tail(),
  };
};

const openUsbGate = ({ config, clock, log }: Ground): UsbGate | null => {
  if (config.usb.guard === "none") return null;
  const gate = new UsbGate({ run: usbguard, clock, log });
  // What a runtime left open that ended in between.
  gate.close().catch((thrown: unknown) => {
    log("kiosk.error", { where: "USB gate", message: String(thrown) });
  });
  return gate;
};

type Test = (wish: SelfTestWish & { readonly print: boolean }) => ReturnType<typeof testWithFaces>;

const testsOf =
  ({ config, store, board, clock }: Ground, { visit, printing }: DeskParts): Test =>
  async ({ print, ...wish }) => {
    // A test moves lamps and paper: not under the hands of a citizen.
    if (visit.state.open) throw new Error("a citizen is at the kiosk; test it when the visit is over");
    const parts = { board, store, clock, kioskId: config.kiosk.id, printing: print ? printing : null };
    return testWithFaces(parts, wish);
  };

const technicianOf = (
  { store, board, clock }: Ground,
  { gate, usbGate, test }: { readonly gate: PinGate; readonly usbGate: UsbGate | null; readonly test: Test },
): Technician =>
  new Technician({
    ...{ gate, clock, journal: store.journal },
    restart: async (device) => {
      await board[device].restart("asked for at the console");
      return deviceReading(board, device);
    },
    test: (part) => test({ part, print: true }),
    requeue: (which) => store.outbox.requeue(which),
    usb: async (minutes) => {
      if (usbGate === null) throw new Error('no guard keeps sticks out: [usb] guard is "none"');
      await (minutes === 0 ? usbGate.close() : usbGate.open(minutes));
    },
  });

export const openDesk = async (ground: Ground, parts: DeskParts): Promise<Desk> => {
  const { config, stateDir, linkUrl, store, board, deviceKey, readManifest, clock, log } = ground;
  const { link, updates } = parts;
  const status = (): KioskStatus => statusOf(ground, parts);
  const courier = makeCourier({ store, device: deviceKey, readManifest, config, clock, log });
  const gate = new PinGate({ stateDir, meta: store.meta, clock });
  const usbGate = openUsbGate(ground);
  const test = testsOf(ground, parts);
  const technician = technicianOf(ground, { gate, usbGate, test });
  const views = new ConsoleViews({
    ...{ board, store, link, linkUrl, gate, status, clock },
    versions: () => ({ ...versionsOf(config.board.kind, stateDir), update: updates.line() }),
  });
  const control = await startControlSocket(controlSocketPath(stateDir), {
    status,
    console: () => views.view(),
    technician,
    // `motcua doctor` asks for no PIN; what it does is noted all the same.
    test: (wish) => {
      const told = { who: "doctor", act: "test", subject: wish.part ?? "all" };
      return technician.noted(told, () => test(wish), readinessDetail);
    },
    courier: {
      work: (act, stick) => courier[act](stick),
      progress: () => courier.progress,
    },
    update: updates,
  });
  return {
    status,
    rest: () => {
      usbGate?.stop();
      views.close();
    },
    close: () => control.close(),
  };
};
