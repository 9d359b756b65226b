// As what is handwriting read in a field, by what the field may hold?
import type { HandKind } from "../handwriting/kinds.js";
import * as codes from "./codes.js";
import type { Validator } from "./value.js";
import * as values from "./values.js";

const KINDS: ReadonlyMap<Validator, HandKind> = new Map<Validator, HandKind>([
  [values.name, "name"],
  [values.place, "place"],
  [values.date, "date"],
  [values.dateInSentence, "date"],
  [values.year, "year"],
  [values.sex, "sex"],
  [codes.personalNumber, "personalNumber"],
  [codes.identityNumber, "citizenNumber"],
  [codes.money, "money"],
  [codes.parcelNumber, "digits"],
]);

export const handKindOf = (validate: Validator): HandKind =>
  KINDS.get(validate) ?? (validate.entries === undefined ? "text" : { oneOf: validate.entries });
