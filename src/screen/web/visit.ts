// What does every part of the page know: the view, the words, and how to tell the runtime something?
import { createInstance, type i18n } from "i18next";
import { createContext, useContext } from "react";
import type { Bilingual } from "../../core/faults.js";
import type { CitizenEvent, Language } from "../../flows/events.js";
import type { View } from "../../flows/view.js";
import { CATALOGUES, type TextKey } from "../texts/texts.js";
import type { FieldEvent } from "./field-sender.js";

export type Words = Readonly<Record<string, string | number>>;

export interface Visit {
  readonly view: View;
  readonly language: Language;
  send(event: CitizenEvent): void;
  setField(event: FieldEvent): void;
  text(key: TextKey, words?: Words): string;
  pick(text: Bilingual): string;
  /** Asks whether to end the visit. */
  askToStop(): void;
  /** Opens the panel of letters, colours and the rest. */
  askForWishes(): void;
}

export const createTexts = (): i18n => {
  const texts = createInstance();
  void texts.init({
    resources: { vi: { translation: CATALOGUES.vi }, en: { translation: CATALOGUES.en } },
    lng: "vi",
    fallbackLng: "vi",
    initAsync: false,
    // React escapes.
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  });
  return texts;
};

/** The text of a key; `texts` was made by `createTexts`. */
export const textIn = (texts: i18n, language: Language, key: TextKey, words: Words = {}): string =>
  texts.getFixedT(language)(`${key}.text`, words);

const VisitContext = createContext<Visit | null>(null);
export const VisitProvider = VisitContext.Provider;

export const useVisit = (): Visit => {
  const visit = useContext(VisitContext);
  if (visit === null) throw new Error("a screen is drawn outside a visit");
  return visit;
};
