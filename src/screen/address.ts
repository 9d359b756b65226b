// Of which parts is an address, and how do they stand in one value?
//
// The value is "line, commune, province"; the last two parts are the places.
import { PLACES, placeNamed } from "../core/places.js";

export interface AddressParts {
  readonly line: string;
  readonly commune: string;
  readonly province: string;
}

export const splitAddress = (value: string): AddressParts => {
  const parts = value.split(",").map((part) => part.trim());
  const province = parts.length < 3 ? undefined : placeNamed(PLACES, parts.at(-1) ?? "");
  if (parts.length < 3) return { line: value.trim(), commune: "", province: "" };
  return {
    line: parts.slice(0, -2).join(", "),
    commune: parts.at(-2) ?? "",
    province: province?.name ?? parts.at(-1) ?? "",
  };
};

export const joinAddress = ({ line, commune, province }: AddressParts): string =>
  line.trim() + commune.trim() + province.trim() === ""
    ? ""
    : [line, commune, province].map((part) => part.trim()).join(", ");
