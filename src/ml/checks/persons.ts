// Who stands on a paper, and which of its fields speak of whom?
import type { ReadField } from "../reader.js";

/** What is said of a person, by the names of the card's fields. */
export const TRAITS = [
  "fullName",
  "number",
  "birthDate",
  "sex",
  "ethnicity",
  "nationality",
  "religion",
  "placeOfOrigin",
  "fatherName",
  "motherName",
] as const;
export type Trait = (typeof TRAITS)[number];

export interface PaperPerson {
  /** "" is whom the paper is about; "mother", "husband", … as the fields' keys begin. */
  readonly role: string;
  readonly traits: Readonly<Partial<Record<Trait, ReadField>>>;
}

const ROLES = [
  "mother",
  "father",
  "husband",
  "wife",
  "spouse",
  "groom",
  "bride",
  "child",
  "declarant",
  "owner",
  "holder",
  "head",
  "applicant",
  "member",
] as const;

/** The rest of a key after its role, in lower case, to what it says. */
const TRAIT_OF: Readonly<Record<string, Trait>> = {
  fullname: "fullName",
  name: "fullName",
  personalnumber: "number",
  idnumber: "number",
  identitynumber: "number",
  citizennumber: "number",
  number: "number",
  birthdate: "birthDate",
  birthyear: "birthDate",
  sex: "sex",
  ethnicity: "ethnicity",
  nationality: "nationality",
  religion: "religion",
  placeoforigin: "placeOfOrigin",
  origin: "placeOfOrigin",
};

/** On the paper's own holder "number" is the paper's, and only these are the person's. */
const OWN_TRAIT_OF: Readonly<Record<string, Trait>> = {
  ...Object.fromEntries(Object.entries(TRAIT_OF).filter(([key]) => key !== "number" && key !== "name")),
  fathername: "fatherName",
  mothername: "motherName",
};

interface Place {
  readonly role: string;
  readonly trait: Trait;
}

const placesOf = (key: string): readonly Place[] => {
  const own = OWN_TRAIT_OF[key.toLowerCase()];
  const role = ROLES.find((name) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)));
  const rest = role === undefined ? undefined : TRAIT_OF[key.slice(role.length).toLowerCase()];
  // The holder of a licence and the owner of a vehicle are whom the paper is about.
  const ofRole = role === "owner" || role === "holder" ? "" : role;
  return [
    ...(own === undefined ? [] : [{ role: "", trait: own }]),
    ...(rest === undefined || ofRole === undefined ? [] : [{ role: ofRole, trait: rest }]),
  ];
};

/** Persons with a name or a number; the paper's own holder first. Fields without a value are left out. */
export const personsOf = (fields: readonly ReadField[]): readonly PaperPerson[] => {
  const persons = new Map<string, Partial<Record<Trait, ReadField>>>();
  for (const field of fields) {
    if (field.value === "") continue;
    for (const { role, trait } of placesOf(field.key)) {
      const traits = persons.get(role) ?? {};
      traits[trait] ??= field;
      persons.set(role, traits);
    }
  }
  return [...persons]
    .map(([role, traits]) => ({ role, traits }))
    .filter(({ traits }) => traits.fullName !== undefined || traits.number !== undefined)
    .toSorted((a, b) => Number(a.role !== "") - Number(b.role !== ""));
};
