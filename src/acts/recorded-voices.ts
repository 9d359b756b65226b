// Which recorded file says a sentence, and may it be played?
//
// `<folder>/<language>/<key>.wav`. A manifest beside the files is optional; where there is one it says which sentence
// each file was read for, so that a file never says what the screen does not any more.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Language } from "../flows/events.js";
import { LARGEST_RECORDING_BYTES, type Recording, readRecording } from "../hal/speaker/recording.js";
import type { Procedure } from "../procedures/procedure.js";
import { type SpokenSentence, spokenSentences } from "../screen/voices/sentences.js";

export const MANIFEST = "manifest.json";

const manifestSchema = z.strictObject({
  /** By key: the sentence that was read, and the file's SHA-256. */
  recordings: z.record(
    z.string(),
    z.strictObject({ text: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
export type VoiceManifest = z.output<typeof manifestSchema>;

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Null: there is none. Throws `Error` on one that can not be read as a manifest. */
export const readManifest = (folder: string): VoiceManifest | null => {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), "utf8");
  } catch {
    return null;
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${join(folder, MANIFEST)} is no manifest; write it anew with: motcua voice check --write-manifest`,
      {
        cause,
      },
    );
  }
};

/** The file of a sentence, or why it is not played; null: nobody recorded it. */
export const recordingOf = (
  folder: string,
  { key, text }: SpokenSentence,
  manifest: VoiceManifest | null,
): (Recording & { readonly sha256?: string }) | null => {
  const file = join(folder, `${key}.wav`);
  let bytes: Buffer;
  try {
    if (statSync(file).size > LARGEST_RECORDING_BYTES)
      return { ok: false, why: "it is longer than a minute" };
    bytes = readFileSync(file);
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    return code === "ENOENT" ? null : { ok: false, why: `it can not be read: ${message}` };
  }
  const sha256 = sha256Of(bytes);
  const listed = manifest?.recordings[key];
  if (manifest !== null && listed === undefined)
    return { ok: false, why: "the manifest does not name it; check it with --write-manifest" };
  if (listed !== undefined && listed.text !== text)
    return { ok: false, why: `the sentence is another since: "${text}"; record it anew` };
  if (listed !== undefined && listed.sha256 !== sha256)
    return { ok: false, why: "it is not the file that was checked; check it with --write-manifest" };
  return { ...readRecording(bytes), sha256 };
};

/** Files in a language's folder that are no sentence's. */
export const strayFiles = (folder: string, sentences: readonly SpokenSentence[]): readonly string[] => {
  const known = new Set([
    MANIFEST,
    ...sentences.filter(({ recordable }) => recordable).map(({ key }) => `${key}.wav`),
  ]);
  try {
    return readdirSync(folder)
      .filter((name) => !known.has(name) && !name.startsWith("."))
      .sort();
  } catch {
    return [];
  }
};

/** What a commune recorded; files may come and go while the kiosk runs. */
export class RecordedVoices {
  readonly #folder: string;
  readonly #byText: Readonly<Record<Language, ReadonlyMap<string, SpokenSentence>>>;

  constructor(folder: string, procedures: readonly Procedure[]) {
    this.#folder = folder;
    const indexed = (language: Language) =>
      new Map(
        spokenSentences(language, procedures)
          .filter(({ recordable }) => recordable)
          .map((sentence) => [sentence.text, sentence] as const),
      );
    this.#byText = { vi: indexed("vi"), en: indexed("en") };
  }

  /** Null: the machine speaks it. A recording that is refused is as none; `motcua voice check` says why. */
  readonly of = (text: string, language: Language): Extract<Recording, { ok: true }>["sound"] | null => {
    const sentence = this.#byText[language].get(text);
    if (sentence === undefined) return null;
    const folder = join(this.#folder, language);
    try {
      const found = recordingOf(folder, sentence, readManifest(folder));
      return found?.ok === true ? found.sound : null;
    } catch {
      return null;
    }
  };
}
