// What can go wrong on every wire of the board?
//
// A part that is new on the board adds its faults to the list; nothing else has to know.
import type { SimControl } from "./far-ends.js";
import type { Dice, StormFault } from "./fault-storm.js";
import type { Pn532Quirks } from "./pn532-sim.js";
import type { SoundTrouble } from "./sound-sim.js";
import type { WireTrouble } from "./wire-trouble.js";

/** Where faults act: the hands at the far ends and the bytes between. */
export interface Stormed {
  readonly control: SimControl;
  readonly sound: { trouble: SoundTrouble };
  readonly trouble: Readonly<
    Record<"printer" | "chip-reader" | "code-reader" | "lines" | "i2c", WireTrouble>
  >;
  readonly parts: {
    readonly chipReader: { readonly quirks: Pn532Quirks };
    readonly printer: { dropTriggers(): void };
  };
}

const noise = (dice: Dice): Uint8Array =>
  Uint8Array.from({ length: dice.between(1, 40) }, () => dice.between(0, 256));

const PRINTER: readonly StormFault<Stormed>[] = [
  {
    name: "paper low",
    begin: ({ control }) => control.printer.setPaper("low"),
    end: ({ control }) => control.printer.setPaper("enough"),
  },
  {
    name: "paper out",
    begin: ({ control }) => control.printer.setPaper("out"),
    end: ({ control }) => control.printer.setPaper("enough"),
  },
  {
    name: "paper out in the middle of a page",
    begin: ({ control }, dice) =>
      control.printer.afterRows(dice.between(1, 400), () => control.printer.setPaper("out")),
    end: ({ control, parts }) => {
      parts.printer.dropTriggers();
      control.printer.setPaper("enough");
    },
  },
  {
    name: "printer's cover open",
    begin: ({ control }) => control.printer.setCover(true),
    end: ({ control }) => control.printer.setCover(false),
  },
  {
    name: "printer's cover opened in the middle of a page",
    begin: ({ control }, dice) =>
      control.printer.afterRows(dice.between(1, 400), () => control.printer.setCover(true)),
    end: ({ control, parts }) => {
      parts.printer.dropTriggers();
      control.printer.setCover(false);
    },
  },
  {
    name: "knife jammed",
    begin: ({ control }) => control.printer.jam(true),
    end: ({ control }) => control.printer.jam(false),
  },
  {
    name: "print head hot",
    begin: ({ control }) => control.printer.overheat(true),
    end: ({ control }) => control.printer.overheat(false),
  },
  {
    name: "printer unplugged",
    begin: ({ control }) => control.printer.setPlugged(false),
    end: ({ control }) => control.printer.setPlugged(true),
  },
  {
    name: "printer unplugged in the middle of a page",
    begin: ({ control }, dice) =>
      control.printer.afterRows(dice.between(1, 400), () => control.printer.setPlugged(false)),
    end: ({ control, parts }) => {
      parts.printer.dropTriggers();
      control.printer.setPlugged(true);
    },
  },
  {
    name: "printer hears and says nothing",
    begin: ({ trouble }) => trouble.printer.mute("toKiosk", true),
    end: ({ trouble }) => trouble.printer.heal(),
  },
  {
    name: "printer takes no bytes",
    begin: ({ trouble }) => trouble.printer.hold(true),
    end: ({ trouble }) => trouble.printer.heal(),
  },
  {
    name: "printer's answers are lost",
    begin: ({ trouble }, dice) => trouble.printer.lose("toKiosk", dice.between(1, 6)),
    end: ({ trouble }) => trouble.printer.heal(),
  },
];

const CHIP_READER: readonly StormFault<Stormed>[] = [
  {
    name: "card lifted after some commands",
    begin: ({ control }, dice) => control.chipReader.liftAfter(dice.between(1, 80)),
    end: null,
  },
  {
    name: "card lifted",
    begin: ({ control }) => control.chipReader.liftCard(),
    end: null,
  },
  {
    name: "two cards on the reader",
    begin: ({ parts }) => {
      parts.chipReader.quirks.secondCard = true;
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.secondCard = false;
    },
  },
  {
    name: "a ticket in place of the card",
    begin: ({ parts }) => {
      parts.chipReader.quirks.memoryCard = true;
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.memoryCard = false;
    },
  },
  {
    name: "card reader refuses commands",
    begin: ({ parts }, dice) => {
      parts.chipReader.quirks.errorFrames = dice.between(1, 40);
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.errorFrames = 0;
    },
  },
  {
    name: "card reader unplugged",
    begin: ({ control }) => control.chipReader.setPlugged(false),
    end: ({ control }) => control.chipReader.setPlugged(true),
  },
  {
    name: "card reader mute",
    begin: ({ parts }) => {
      parts.chipReader.quirks.mute = true;
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.mute = false;
    },
  },
  {
    name: "card reader loses acknowledgements",
    begin: ({ parts }, dice) => {
      parts.chipReader.quirks.loseAcks = dice.between(1, 4);
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.loseAcks = 0;
    },
  },
  {
    name: "card reader's answers damaged",
    begin: ({ parts }, dice) => {
      parts.chipReader.quirks.damageAnswers = dice.between(1, 4);
    },
    end: ({ parts }) => {
      parts.chipReader.quirks.damageAnswers = 0;
    },
  },
  {
    name: "noise on the card reader's line",
    begin: ({ control }, dice) => control.chipReader.injectGarbage(noise(dice)),
    end: null,
  },
  {
    name: "bits turned over on the card reader's line",
    begin: ({ trouble }, dice) =>
      trouble["chip-reader"].flip(dice.chance(0.5) ? "toKiosk" : "toDevice", dice.between(1, 6)),
    end: ({ trouble }) => trouble["chip-reader"].heal(),
  },
  {
    name: "chunks lost on the card reader's line",
    begin: ({ trouble }, dice) =>
      trouble["chip-reader"].lose(dice.chance(0.5) ? "toKiosk" : "toDevice", dice.between(1, 4)),
    end: ({ trouble }) => trouble["chip-reader"].heal(),
  },
  {
    name: "card reader's line crumbles",
    begin: ({ trouble }) => trouble["chip-reader"].crumble(true),
    end: ({ trouble }) => trouble["chip-reader"].heal(),
  },
];

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

const CODE_READER: readonly StormFault<Stormed>[] = [
  {
    name: "code reader unplugged",
    begin: ({ control }) => control.codeReader.setPlugged(false),
    end: ({ control }) => control.codeReader.setPlugged(true),
  },
  {
    name: "noise on the code reader's line",
    begin: ({ control }, dice) => control.codeReader.injectGarbage(noise(dice)),
    end: null,
  },
  {
    name: "somebody's code in the middle",
    begin: ({ control }, dice) =>
      control.codeReader.show(dice.pick(["https://example.vn/khuyen-mai", "8934563138164", "MC1:unknown"])),
    end: null,
  },
];

const CAMERAS: readonly StormFault<Stormed>[] = [
  {
    name: "document camera stalled",
    begin: ({ control }) => control.cameras.stall("document"),
    end: null,
  },
  {
    name: "document camera unplugged",
    begin: ({ control }) => control.cameras.setPlugged("document", false),
    end: ({ control }) => control.cameras.setPlugged("document", true),
  },
  {
    name: "face camera unplugged",
    begin: ({ control }) => control.cameras.setPlugged("face", false),
    end: ({ control }) => control.cameras.setPlugged("face", true),
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

const AT_PRINTER = ["slip.printing", "slip.printing", "slip.inDoubt", "slip.taking", "ticket.printing"];
const AT_CARD = ["identify.card.laying", "identify.card.reading", "identify.showQr"];
const AT_CODE = ["identify.showQr", "identify.typed", "lookup", "attract"];
const AT_TRAY = ["papers.place", "papers.capturing", "papers.review"];

const bitingAt = (faults: readonly StormFault<Stormed>[], at: readonly string[]) =>
  faults.map((fault) => ({ ...fault, at }));

export const WIRE_FAULTS: readonly StormFault<Stormed>[] = [
  ...bitingAt(PRINTER, AT_PRINTER),
  ...bitingAt(CHIP_READER, AT_CARD),
  ...bitingAt(CODE_READER, AT_CODE),
  ...bitingAt(CAMERAS, AT_TRAY),
  ...CABINET,
  ...SPEAKER,
];
