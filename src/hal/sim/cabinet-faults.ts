// What can go wrong with what the cabinet itself carries: lines, power, climate, tamper sensor, loudspeaker?
import type { StormFault } from "./fault-storm.js";
import type { Stormed } from "./stormed.js";

const SPEAKER: readonly StormFault<Stormed>[] = [
  {
    name: "no sound",
    begin: ({ sound }, dice) => {
      sound.trouble = dice.pick(["noVoice", "noPlayer", "noDevice", "busy", "hangs"] as const);
    },
    end: ({ sound }) => {
      sound.trouble = "none";
    },
  },
];

const CABINET: readonly StormFault<Stormed>[] = [
  {
    name: "lines unplugged",
    begin: ({ control }) => control.lines.setPlugged(false),
    end: ({ control }) => control.lines.setPlugged(true),
  },
  {
    name: "help button bounces",
    begin: ({ control }, dice) => control.lines.bounce("helpButton", true, dice.between(1, 30)),
    end: ({ control }) => control.lines.setInput("helpButton", false),
  },
  {
    name: "presence sensor sees nobody",
    begin: ({ control }) => control.lines.setInput("presence", false),
    end: null,
  },
  {
    name: "cabinet door open",
    begin: ({ control }) => control.lines.setInput("door", true),
    end: ({ control }) => control.lines.setInput("door", false),
  },
  {
    name: "mains lost",
    begin: ({ control }) => control.power.setMains(false),
    end: ({ control }) => control.power.setMains(true),
  },
  {
    name: "mains lost and battery low",
    begin: ({ control }) => {
      control.power.setMains(false);
      control.power.setBattery(0.05);
    },
    end: ({ control }) => {
      control.power.setMains(true);
      control.power.setBattery(1);
    },
  },
  {
    name: "battery gauge silent",
    begin: ({ control }) => control.power.setAnswering(false),
    end: ({ control }) => control.power.setAnswering(true),
  },
  {
    name: "climate sensor silent",
    begin: ({ control }) => control.climate.setAnswering(false),
    end: ({ control }) => control.climate.setAnswering(true),
  },
  {
    name: "climate sensor's checksums wrong",
    begin: ({ control }, dice) => control.climate.corrupt(dice.between(1, 10)),
    end: ({ control }) => control.climate.corrupt(0),
  },
  {
    name: "cabinet hot",
    begin: ({ control }) => control.climate.set(61, 40),
    end: ({ control }) => control.climate.set(31, 62),
  },
  {
    name: "cabinet knocked",
    begin: ({ control }, dice) => control.motion.knock(dice.between(1, 6)),
    end: null,
  },
  {
    name: "cabinet leaning",
    begin: ({ control }, dice) => control.motion.tilt(dice.between(5, 90)),
    end: ({ control }) => control.motion.tilt(0),
  },
  {
    name: "tamper sensor silent",
    begin: ({ control }) => control.motion.setAnswering(false),
    end: ({ control }) => control.motion.setAnswering(true),
  },
  {
    name: "tamper sensor's supply drops out",
    begin: ({ control }) => control.motion.brownOut(),
    end: null,
  },
  {
    name: "I2C bus stuck",
    begin: ({ trouble }) => trouble.i2c.mute("toKiosk", true),
    end: ({ trouble }) => trouble.i2c.heal(),
  },
];

export const CABINET_FAULTS: readonly StormFault<Stormed>[] = [...CABINET, ...SPEAKER];
