// Does what is written on a page contradict itself?
import type { Check } from "./check.js";
import { checkDates } from "./dates.js";
import { checkHeading } from "./heading.js";
import { checkNumbers } from "./numbers.js";
import type { PageInput } from "./page-checks.js";

export const checkWriting = (input: PageInput): readonly Check[] => [
  ...checkNumbers(input),
  ...checkDates(input),
  ...checkHeading(input),
];
