// How long does the kiosk compute for PACE on P-256, against the bare key agreements that it contains?
import { createECDH, randomBytes } from "node:crypto";
import { type Channel, PlainChannel } from "../../src/chip/access/channel.js";
import { canSecret } from "../../src/chip/access/keys.js";
import { authenticatePace } from "../../src/chip/access/pace.js";
import { choosePace, type PaceVariant } from "../../src/chip/access/pace-info.js";
import type { Answer } from "../../src/chip/apdu.js";
import { parseSecurityInfos } from "../../src/chip/lds/security-infos.js";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { madeUpPerson } from "../../src/chip/sim/people.js";
import { type PaceOffer, writeCardAccess } from "../../src/chip/sim/security-infos.js";
import { layDown } from "../chip/loop.js";
import { type BenchRow, median, row } from "./row.js";

/** Whole points, the mapping and six MACs and hashes come on top of the peer's two x-coordinates. */
const GOAL = 4;
const ROUNDS = 60;
const RUNS_A_ROUND = 10;
const OFFER: PaceOffer = { agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 12 };
const CAN = "123456";

const p256 = (): PaceVariant => {
  const choice = choosePace(parseSecurityInfos(writeCardAccess([OFFER])), false);
  if (!("variant" in choice)) throw new Error(choice.obstacle);
  return choice.variant;
};

/** One whole PACE of the product; with the same private keys its commands are the same each time. */
const pace = async (channel: Channel, variant: PaceVariant, keys: readonly Uint8Array[]): Promise<void> => {
  const left = [...keys];
  const random = () => left.shift() ?? new Uint8Array();
  const password = { kind: "CAN" as const, secret: canSecret(CAN) };
  const outcome = await authenticatePace(channel, variant, password, random);
  if (outcome.state !== "open") throw new Error(outcome.detail);
};

/** The card's answers are recorded once and played back, so that its end is not measured. */
const record = async (variant: PaceVariant, keys: readonly Uint8Array[]): Promise<() => Channel> => {
  const portrait = Uint8Array.of(0xff, 0xd8, 0xff);
  const card = await makeCard(madeUpPerson(1), { portrait, pace: { offers: [OFFER], can: CAN } });
  const real = new PlainChannel(layDown(card), () => {});
  const answers: Answer[] = [];
  const recording: Channel = {
    maxReadBytes: 256,
    extendedLength: false,
    send: async (command) => {
      const answer = await real.send(command);
      answers.push(answer);
      return answer;
    },
  };
  await pace(recording, variant, keys);
  return () => {
    let next = 0;
    const send = (): Promise<Answer> => {
      const answer = answers[next];
      next += 1;
      return answer === undefined ? Promise.reject(new Error("played to the end")) : Promise.resolve(answer);
    };
    return { maxReadBytes: 256, extendedLength: false, send };
  };
};

/** Two key generations and two agreements: what any implementation has to compute at the least. */
const bareAgreements = (theirs: Uint8Array): void => {
  for (let pair = 0; pair < 2; pair += 1) {
    const key = createECDH("prime256v1");
    key.generateKeys();
    key.computeSecret(theirs);
  }
};

const millisecondsEach = async (run: () => Promise<void> | void): Promise<number> => {
  const started = performance.now();
  for (let index = 0; index < RUNS_A_ROUND; index += 1) await run();
  return (performance.now() - started) / RUNS_A_ROUND;
};

/** Lower is better. Rounds alternate, so that a busy moment of the machine meets both sides. */
export const paceRow = async (): Promise<BenchRow> => {
  const variant = p256();
  const keys = [randomBytes(32), randomBytes(32)].map((key) =>
    Uint8Array.from(key, (byte, at) => (at === 0 ? byte & 0x7f : byte)),
  );
  const replay = await record(variant, keys);
  const theirs = createECDH("prime256v1").generateKeys();
  await millisecondsEach(() => pace(replay(), variant, keys));
  const pairs: { readonly ours: number; readonly peer: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await millisecondsEach(() => pace(replay(), variant, keys));
    const peer = await millisecondsEach(() => bareAgreements(theirs));
    pairs.push({ ours, peer });
  }
  return row({
    name: "PACE-ECDH P-256, host time",
    ours: Number(median(pairs.map((pair) => pair.ours)).toFixed(3)),
    peer: Number(median(pairs.map((pair) => pair.peer)).toFixed(3)),
    peerName: "OpenSSL: 2 key generations, 2 agreements",
    unit: "ms",
    ratio: median(pairs.map((pair) => pair.ours / pair.peer)),
    better: "lower",
    goal: GOAL,
  });
};
