// How many commands does a whole reading take, and how much does the kiosk compute for it?
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { readCard } from "../../src/chip/read-card.js";
import { type MakeCardOptions, makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { layDown } from "../chip/loop.js";
import { type BenchRow, median, row } from "./row.js";

/** The portrait's file of the comparison: 15,083 bytes with what stands around the picture. */
const DG2_BYTES = 15_083;
/** What the best of the open readers needs for the same files, chip authentication left out. */
const PEER_APDUS = 95;
const GOAL_APDUS = 90;
/** The fastest way to a citizen card: HSU at 921,600 baud and 424 kbit/s, 8 ms of the chip's own an APDU. */
const AIR_MS = 1_600;
const GOAL_CPU_SHARE = 0.05;
const READINGS = 25;

const person = madeUpPerson(3);
const pki = makePki();
const trust = { certificates: [pki.cscaCertificate] };
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));

/** A JPEG's first bytes and then anything: the reading hashes pictures and does not decode them. */
const pictureOf = (bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => [0xff, 0xd8, 0xff][at] ?? (at * 31) & 0xff);

/** A card whose DG2 is as long as that of the comparison: the picture is what is left of it. */
const cardOf = async (options: MakeCardOptions): Promise<SimCard> => {
  const offers = [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 13 }] as const;
  const make = (bytes: number) =>
    makeCard(person, { pki, portrait: pictureOf(bytes), pace: { offers }, ...options });
  const trial = await readAll(await make(DG2_BYTES - 100));
  const dg2 = trial.files.find(({ name }) => name === "DG2")?.length ?? 0;
  return make(DG2_BYTES - 100 + (DG2_BYTES - dg2));
};

const readAll = (card: SimCard) => readCard({ card: layDown(card), key, trust, today: "2026-11-22" });

/** Lower is better: PACE, EF.COM, DG1, DG13, DG14, EF.SOD and DG2, as the peer's count has them. */
export const apduRow = async (): Promise<BenchRow> => {
  const card = await cardOf({ chipKeys: [] });
  const { apdus } = card.control;
  const reading = await readAll(card);
  const lengths = new Map(reading.files.map(({ name, length }) => [name, length]));
  if (lengths.get("DG2") !== DG2_BYTES || !lengths.has("DG14") || reading.access !== "PACE")
    throw new Error("not the card of the comparison");
  return row({
    name: "APDUs of a whole reading",
    ours: card.control.apdus - apdus,
    peer: PEER_APDUS,
    peerName: "best open reader, same files and DG2",
    unit: "APDUs",
    better: "lower",
    goal: Number((GOAL_APDUS / PEER_APDUS).toFixed(3)),
  });
};

const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

/** One reading's processor time, all threads, without the card's end of the wire. */
const hostMs = async (card: SimCard): Promise<number> => {
  let cardMs = 0;
  const measured = layDown(card);
  const begun = process.cpuUsage();
  await readCard({
    card: {
      ...measured,
      transceive: async (command, signal) => {
        const before = process.cpuUsage();
        const answer = await measured.transceive(command, signal);
        cardMs += cpuMs(before);
        return answer;
      },
    },
    key,
    trust,
    today: "2026-11-22",
  });
  return cpuMs(begun) - cardMs;
};

/** Lower is better: with PACE, chip authentication, every hash, the signature and the path. */
export const chipCpuRow = async (): Promise<BenchRow> => {
  const card = await cardOf({});
  const readings: number[] = [];
  for (let count = 0; count < READINGS; count += 1) readings.push(await hostMs(card));
  return row({
    name: "host CPU of a whole reading",
    ours: Number(median(readings).toFixed(1)),
    peer: AIR_MS,
    peerName: "air time of the model: 921,600 baud, 424 kbit/s",
    unit: "ms",
    better: "lower",
    goal: GOAL_CPU_SHARE,
  });
};
