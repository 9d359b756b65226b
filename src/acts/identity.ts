// What does a chip reading say about who stands there, and how surely?
import type { CardReading } from "../chip/citizen-card.js";
import type { ReadingHabits } from "../chip/lds/reading-habits.js";
import { levelOf, refusalOf } from "../chip/level.js";
import type { TrustStore } from "../chip/passive-authentication.js";
import { readCard } from "../chip/read-card.js";
import type { Clock } from "../core/clock.js";
import { Pii } from "../core/pii.js";
import type { CardKey, Identity } from "../flows/citizen.js";
import type { Card, ChipReader } from "../hal/chip-reader/chip-reader.js";

const identityOf = (reading: CardReading): Identity => ({
  level: levelOf(reading),
  source: "chip",
  citizen: new Pii(reading.citizen),
  evidence: [
    reading.downgrade === null ? reading.access : `${reading.access} (${reading.downgrade})`,
    ...reading.checks.map(({ name, verdict, evidence }) => `${name}: ${verdict} (${evidence})`),
    ...reading.files.map(({ name, sha256 }) => `${name} sha256 ${sha256}`),
  ],
  ...(reading.portrait === null
    ? {}
    : { portrait: new Pii({ format: reading.portrait.format, bytes: reading.portrait.bytes }) }),
});

export interface CitizenRead {
  readonly reader: ChipReader;
  readonly key: Pii<CardKey>;
  readonly onProgress: (fraction: number, lifted: boolean) => void;
  readonly signal: AbortSignal;
  readonly trust: TrustStore;
  /** What the cards before taught about reading their make. */
  readonly habits: ReadingHabits;
  readonly clock: Clock;
}

/** Waits for the card, reads it, also when it is lifted and laid down again, and lets it go. */
export const readCitizen = async (read: CitizenRead): Promise<Identity> => {
  const { reader, signal, clock } = read;
  const wall = clock.wall();
  const { printed, ...key } = read.key.reveal();
  let card: Card = await reader.waitForCard(signal);
  let fraction = 0;
  const cardAgain = async (stop?: AbortSignal): Promise<Card> => {
    // Else the screen would stand still: only the person can bring it back.
    read.onProgress(fraction, true);
    card = await reader.waitForCard(stop ?? signal);
    return card;
  };
  try {
    const reading = await readCard({
      card,
      key,
      ...(printed === undefined ? {} : { qr: printed }),
      onProgress: (progress) => {
        fraction = progress.fraction;
        read.onProgress(fraction, false);
      },
      signal,
      cardAgain,
      trust: read.trust,
      habits: read.habits,
      today: wall.trust === "trusted" ? new Date(wall.epochMs).toISOString().slice(0, 10) : null,
    });
    const refusal = refusalOf(reading);
    if (refusal !== null) throw refusal;
    return identityOf(reading);
  } finally {
    await card.release();
  }
};
