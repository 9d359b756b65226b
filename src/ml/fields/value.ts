// What does a validator answer?

export interface Value {
  readonly value: string;
  /** 1 when the text has exactly the form that the field wants; less when it was mended or is odd. */
  readonly trust: number;
}

/** Null: no such value is in the text. */
export interface Validator {
  (text: string): Value | null;
  /** Of a field that holds one of a list: the list. */
  readonly entries?: readonly string[];
}

/** Below what the screen trusts, whatever the recogniser says. */
export const MENDED = 0.78;

/** Without blanks, dots and colons at either end. */
export const trimmed = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[\s.:,;_·…|'"“”‘’*~-]+|[\s.:,;_·…|'"“”‘’*~/-]+$/g, "")
    .trim();

/** Letters that OCR puts for digits. */
export const asDigits = (text: string): string =>
  text
    .replaceAll(/[OoQD]/g, "0")
    .replaceAll(/[Il|!]/g, "1")
    .replaceAll("S", "5")
    .replaceAll(/[B§]/g, "8");

/** First as it stands; then with letters taken for digits, and then it is not trusted. */
export const digitsOrMended = (text: string, read: (text: string) => string | null): Value | null => {
  const plain = read(text);
  if (plain !== null) return { value: plain, trust: 1 };
  const mended = read(asDigits(text));
  return mended === null ? null : { value: mended, trust: MENDED };
};
