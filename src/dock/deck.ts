// Which made-up citizens, with which cards, are at hand at the dock and in rehearsals?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCard } from "../chip/sim/make-card.js";
import { makePki, type SimPki } from "../chip/sim/make-pki.js";
import type { SimPace } from "../chip/sim/pace.js";
import { cardQrText, madeUpPerson, mrzLines } from "../chip/sim/people.js";
import { renderCardBack } from "../ml/samples/card-back.js";
import type { DeckCard } from "./hands.js";

const DECK_SIZE = 6;
/** Cards of both kinds are about: every second one has PACE (ECDH, generic mapping, P-256, AES-128), the others BAC. */
const PACE: SimPace = {
  offers: [{ mapping: "GM", agreement: "ECDH", suite: "AES-128", parameterId: 12 }],
  can: "824173",
};

/** Puts the certificate that signs the cards among those that the kiosk of `stateDir` trusts. Quick. */
export const makeIssuer = (stateDir: string): SimPki => {
  const pki = makePki();
  const trusted = join(stateDir, "csca");
  mkdirSync(trusted, { recursive: true });
  writeFileSync(join(trusted, "made-up.der"), pki.cscaCertificate);
  return pki;
};

/** The same six people every time, so that one recognises them; their keys are new each time. */
export const makeDeck = (issuer: SimPki): Promise<readonly DeckCard[]> =>
  Promise.all(
    Array.from({ length: DECK_SIZE }, async (_, index): Promise<DeckCard> => {
      const person = madeUpPerson(index + 1);
      return {
        person: { name: person.fullName, number: person.number, birthDate: person.birthDate },
        qr: cardQrText(person),
        card: await makeCard(person, { pki: issuer, ...(index % 2 === 0 ? {} : { pace: PACE }) }),
        back: () => renderCardBack(mrzLines(person), index + 1),
      };
    }),
  );
