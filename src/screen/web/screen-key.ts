// Is this still the same screen to the citizen, or a new one that starts afresh?
import type { Screen } from "../../flows/view.js";

/** Screens of one key keep focus and what is being typed; a new key forgets both. */
export const screenKey = (screen: Screen): string => {
  switch (screen.name) {
    case "form":
      return `form-${screen.page}`;
    case "papers":
      return [
        `papers-${screen.index}-${screen.stage}`,
        ...(screen.stored === undefined ? [] : [screen.stored.stage]),
        // The next page of the same paper is looked at afresh.
        ...((screen.pages?.shown ?? 1) > 1 ? [screen.pages?.shown] : []),
      ].join("-");
    case "identify":
      return `identify-${screen.stage}-${screen.fault ?? "well"}`;
    case "rate":
      return screen.about === undefined ? "rate" : "rate-result";
    // The offer of more time is the same screen: the code stays where the phone looks at it.
    case "pay":
      return `pay-${screen.stage === "slow" ? "code" : screen.stage}`;
    // A wrong code is typed anew on the same screen.
    case "phoneCode":
      return `phoneCode-${screen.stage}`;
    case "ticket":
    case "lookup":
    case "slip":
    case "slipInDoubt":
      return `${screen.name}-${screen.stage}`;
    default:
      return screen.name;
  }
};
