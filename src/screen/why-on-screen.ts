// What is a citizen told who was to get a code on the phone, and has the one on the screen?
import type { Screen } from "../flows/view.js";
import type { TextKey } from "./texts/texts.js";

type Why = NonNullable<Extract<Screen, { readonly name: "confirm" }>["why"]>;

const WORDS: Readonly<Record<Why, TextKey>> = {
  offline: "confirm.whyNotSent",
  noGateway: "confirm.whyNotSent",
  gatewayDown: "confirm.whyNotSent",
  badNumber: "confirm.whyNotSent",
  tooMany: "confirm.whyTooMany",
  expired: "confirm.whyOver",
  gotNothing: "confirm.whyNothing",
};

export const whyOnScreen = (why: Why): TextKey => WORDS[why];
