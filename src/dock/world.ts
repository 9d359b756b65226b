// What can somebody at the dock do, and what do they see?
//
// The dock is the simulated board's far end with a face: everything that a person, a mains plug or a
// network cable does to a real kiosk. It is no part of the product on hardware.
import { z } from "zod";
import { INPUT_LINES } from "../hal/lines/lines.js";

const UNPLUGGABLE = ["printer", "chipReader", "codeReader", "document", "face", "scanner"] as const;

/** What a hand does at the paper slot. */
const SLOT_ACTS = [
  z.strictObject({ act: z.literal("loadSheet"), sample: z.string().max(80) }),
  z.strictObject({ act: z.literal("takeSheets") }),
  /** What the next sheet will do. */
  z.strictObject({ act: z.literal("sheetTrouble"), kind: z.enum(["jam", "doubleFeed", "stall"]) }),
  z.strictObject({ act: z.literal("slotCover"), open: z.boolean() }),
  z.strictObject({ act: z.literal("freeSlot") }),
] as const;
export type SlotAct = z.output<(typeof SLOT_ACTS)[number]>;

export const dockAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("layCard"), person: z.int().min(0).max(99) }),
  z.strictObject({ act: z.literal("liftCard") }),
  z.strictObject({ act: z.literal("liftCardAfter"), apdus: z.int().min(1).max(500) }),
  z.strictObject({ act: z.literal("showCardQr"), person: z.int().min(0).max(99) }),
  z.strictObject({ act: z.literal("layCardBack"), person: z.int().min(0).max(99) }),
  z.strictObject({ act: z.literal("showCode"), text: z.string().min(1).max(4_000) }),
  z.strictObject({ act: z.literal("showSlipQr"), serial: z.int().min(1) }),
  z.strictObject({ act: z.literal("layPaper"), sample: z.string().max(80) }),
  z.strictObject({ act: z.literal("clearTray") }),
  z.strictObject({ act: z.literal("leaveFace") }),
  z.strictObject({ act: z.literal("input"), line: z.enum(INPUT_LINES), on: z.boolean() }),
  ...SLOT_ACTS,
  z.strictObject({ act: z.literal("paper"), level: z.enum(["enough", "low", "out"]) }),
  z.strictObject({ act: z.literal("cover"), open: z.boolean() }),
  z.strictObject({ act: z.literal("jam"), on: z.boolean() }),
  z.strictObject({ act: z.literal("overheat"), on: z.boolean() }),
  z.strictObject({ act: z.literal("takeSlips") }),
  z.strictObject({ act: z.literal("plug"), device: z.enum(UNPLUGGABLE), plugged: z.boolean() }),
  z.strictObject({ act: z.literal("stall"), camera: z.enum(["document", "face"]) }),
  z.strictObject({ act: z.literal("mains"), on: z.boolean() }),
  z.strictObject({ act: z.literal("battery"), fraction: z.number().min(0).max(1) }),
  z.strictObject({ act: z.literal("climate"), celsius: z.number().min(-40).max(125) }),
  z.strictObject({ act: z.literal("processor"), celsius: z.number().min(-40).max(150) }),
  z.strictObject({ act: z.literal("fan"), jammed: z.boolean() }),
  z.strictObject({ act: z.literal("knock") }),
  z.strictObject({ act: z.literal("tilt"), degrees: z.number().min(0).max(90) }),
  z.strictObject({ act: z.literal("link"), up: z.boolean() }),
  z.strictObject({ act: z.literal("power"), on: z.boolean() }),
]);
export type DockAct = z.output<typeof dockAct>;

export interface DockPerson {
  readonly name: string;
  readonly number: string;
  readonly birthDate: string;
}

export interface DockSample {
  readonly id: string;
  readonly title: string;
}

export interface DockSlip {
  readonly serial: number;
  readonly complete: boolean;
  readonly imageUrl: string;
  /** What a phone's camera reads from it; null when it holds no readable code. */
  readonly code: string | null;
}

export interface DockState {
  /** Made up, for the portal's desk; empty without one. */
  readonly deskAccounts: readonly {
    readonly name: string;
    readonly role: string;
    readonly password: string;
  }[];
  readonly addresses: { readonly screen: string; readonly portal: string | null };
  readonly people: readonly DockPerson[];
  readonly samples: readonly DockSample[];
  readonly cardOnReader: number | null;
  readonly tray: { readonly title: string; readonly imageUrl: string } | null;
  readonly face: { readonly imageUrl: string } | null;
  readonly inputs: Readonly<Record<(typeof INPUT_LINES)[number], boolean>>;
  readonly lamps: Readonly<Record<string, boolean>>;
  readonly printer: {
    readonly paper: "enough" | "low" | "out";
    readonly cover: boolean;
    readonly jam: boolean;
    readonly hot: boolean;
  };
  /** Sheets before, in and behind the rollers; null: this board has no scanner. */
  readonly slot: {
    readonly feeder: number;
    readonly path: number;
    readonly out: number;
    readonly cover: boolean;
  } | null;
  readonly plugged: Readonly<Record<(typeof UNPLUGGABLE)[number], boolean>>;
  readonly slips: readonly DockSlip[];
  /** The newest that was said aloud, oldest first; null: this board does not speak. */
  readonly heard: readonly { readonly text: string; readonly whole: boolean }[] | null;
  readonly mains: boolean;
  readonly fanJammed: boolean;
  readonly battery: number;
  readonly link: boolean;
  readonly power: "on" | "off" | "starting";
}
