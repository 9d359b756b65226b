// What does a made-up citizen write into a field?
import { type MadeUpPerson, mrzExpiry } from "../../src/chip/sim/people.js";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import type { CitizenEvent } from "../../src/flows/events.js";
import type { FieldView } from "../../src/flows/view.js";

export interface Dice {
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** Something of the right kind for a field that the card did not fill. */
export const answerFor = (field: FieldView, dice: Dice): string => {
  switch (field.kind) {
    case "choice":
      return dice.pick(field.choices).value;
    case "date":
      // A day that was refused was too long ago: the form asks for one to come.
      if (field.error !== null && dice.chance(0.7)) return "2026-03-02";
      return `19${dice.between(60, 99)}-0${dice.between(1, 10)}-1${dice.between(0, 10)}`;
    case "digits":
      return String(dice.between(1, 9));
    case "address":
      return `Thôn ${dice.between(1, 9)}, Xã Thử Nghiệm, Hà Nội`;
    case "signature":
      return dice.pick([SIGNS_AT_DESK, "M120 200l90 -110 60 140 80 -160 120 150 240 -40"]);
    case "phone":
      return `09${dice.between(10_000_000, 99_999_999)}`;
    default:
      return dice.pick(["Xin việc làm", "Bổ túc hồ sơ", "Nguyễn Văn Thử", "Thôn Đoài, xã Thử Nghiệm"]);
  }
};

/** As the page sends it for "no expiry". */
const NO_EXPIRY_TYPED = "2099-12-31";

/** What stands on the card, one time in seven with a slip of the finger. */
export const typedCard = (person: MadeUpPerson, dice: Dice): CitizenEvent => {
  const yyMMdd = mrzExpiry(person);
  const expiryDate =
    person.expiryDate === ""
      ? NO_EXPIRY_TYPED
      : `20${yyMMdd.slice(0, 2)}-${yyMMdd.slice(2, 4)}-${yyMMdd.slice(4, 6)}`;
  const number = dice.chance(0.15) ? `${person.number.slice(0, -1)}0` : person.number;
  return { type: "SUBMIT_TYPED", number, birthDate: person.birthDate, expiryDate };
};
