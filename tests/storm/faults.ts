// What goes wrong in a storm beside the wires: the disk, the network, the portal, the reading, the power?
import type { StormFault } from "../../src/hal/sim/fault-storm.js";
import { WIRE_FAULTS } from "../../src/hal/sim/wire-faults.js";
import type { World } from "./world.js";

const DARK_MS = [200, 2_000, 20_000] as const;

/** The script says when; after this the mains are back by themselves. */
const cutPower = (world: World, darkMs: number): void => {
  if (world.kiosk === null) return;
  world.cutPower();
  world.clock.setTimeout(() => {
    // The attitude at a start counts as the upright one, and is kept until the next.
    world.board.control.motion.tilt(0);
    if (world.kiosk === null) world.powerUp();
  }, darkMs);
};

const AT_STORE = ["confirm", "submitting", "slip.printing", "slip.inDoubt", "slip.settling", "rate"];
const AT_ACTS = ["identify.card", "papers", "submitting", "slip.printing", "slip.inDoubt", "ticket.printing"];

const HOUSE_FAULTS: readonly StormFault<World>[] = [
  {
    name: "disk full",
    at: AT_STORE,
    begin: ({ disk }) => {
      disk.trouble = "full";
    },
    end: ({ disk }) => {
      disk.trouble = "none";
    },
  },
  {
    name: "disk read-only",
    at: AT_STORE,
    begin: ({ disk }) => {
      disk.trouble = "readOnly";
    },
    end: ({ disk }) => {
      disk.trouble = "none";
    },
  },
  {
    name: "network down",
    at: AT_ACTS,
    begin: ({ broker }) => broker.setReachable(false),
    end: ({ broker }) => broker.setReachable(true),
  },
  {
    name: "network slow",
    begin: ({ broker }, dice) => {
      broker.latencyMs = dice.between(500, 20_000);
    },
    end: ({ broker }) => {
      broker.latencyMs = 60;
    },
  },
  {
    name: "broker loses messages",
    begin: ({ broker }, dice) => {
      broker.lose = dice.between(1, 10);
    },
    end: ({ broker }) => {
      broker.lose = 0;
    },
  },
  {
    name: "broker delivers twice",
    begin: ({ broker }, dice) => {
      broker.double = dice.between(1, 10);
    },
    end: ({ broker }) => {
      broker.double = 0;
    },
  },
  {
    name: "portal off",
    begin: ({ portal }) => portal.setOn(false),
    end: ({ portal }) => portal.setOn(true),
  },
  {
    name: "reading goes wrong",
    at: ["papers.place"],
    begin: ({ reading }, dice) => {
      reading.push(dice.pick(["unreadable", "crash", "stall"] as const));
    },
    end: ({ reading }) => {
      reading.length = 0;
    },
  },
  {
    name: "power cut",
    at: AT_ACTS,
    begin: (world, dice) => cutPower(world, dice.between(100, dice.pick(DARK_MS))),
    end: null,
  },
  {
    name: "technician restarts a device",
    begin: ({ kiosk }, dice) => {
      const device = dice.pick(["printer", "chipReader", "codeReader", "documentCamera", "lines"] as const);
      void kiosk?.board[device].restart("asked for at the console");
    },
    end: null,
  },
];

const onWire = (fault: (typeof WIRE_FAULTS)[number]): StormFault<World> => ({
  name: fault.name,
  begin: ({ board }, dice) => fault.begin(board, dice),
  end: fault.end === null ? null : ({ board }) => fault.end?.(board),
  ...(fault.at && { at: fault.at }),
});

export const FAULTS_BY_NAME: ReadonlyMap<string, StormFault<World>> = new Map(
  [...WIRE_FAULTS.map(onWire), ...HOUSE_FAULTS].map((fault) => [fault.name, fault]),
);

export const makeWhole = (world: World): void => {
  for (const { end } of FAULTS_BY_NAME.values()) end?.(world);
};
