// Which phone of the citizen's can a code go to?
import { toMobileE164 } from "../core/mobile-number.js";
import type { Procedure } from "../procedures/procedure.js";
import { formValues } from "./form-values.js";
import type { Personal } from "./personal.js";

/** The first mobile number that stands in the form; null: there is none. */
export const phoneIn = (
  procedure: Procedure,
  personal: Personal,
): { readonly field: string; readonly phone: string } | null => {
  const values = formValues(procedure, personal);
  for (const { key, kind } of procedure.pages.flatMap(({ fields }) => fields)) {
    const phone = kind === "phone" ? toMobileE164(values[key] ?? "") : null;
    if (phone !== null) return { field: key, phone };
  }
  return null;
};
