// Which made-up citizens, with which cards, are at hand at the dock and in rehearsals?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCard } from "../chip/sim/make-card.js";
import { makePki } from "../chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../chip/sim/people.js";
import type { DeckCard } from "./hands.js";

const DECK_SIZE = 6;

/**
 * The same six people every time, so that one recognises them; their keys are new each time. The certificate
 * that signed the cards is put among those that the kiosk of `stateDir` trusts.
 */
export const makeDeck = async (stateDir: string): Promise<readonly DeckCard[]> => {
  const pki = makePki();
  const trusted = join(stateDir, "csca");
  mkdirSync(trusted, { recursive: true });
  writeFileSync(join(trusted, "made-up.der"), pki.cscaCertificate);
  return Promise.all(
    Array.from({ length: DECK_SIZE }, async (_, index): Promise<DeckCard> => {
      const person = madeUpPerson(index + 1);
      return {
        person: { name: person.fullName, number: person.number, birthDate: person.birthDate },
        qr: cardQrText(person),
        card: await makeCard(person, { pki }),
      };
    }),
  );
};
