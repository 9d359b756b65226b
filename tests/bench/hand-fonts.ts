// With whose letter forms does the bench write?
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { handwritingModelIn, OWN_MANIFEST } from "../../src/ml/models.js";
import { type Face, loadFaces, type Role } from "../../src/ml/training/handwriting/fonts.js";

/** Where fetch-fonts.js put the fonts, and which model is measured. */
export interface HandBench {
  readonly faces: readonly Face[];
  readonly manifest: URL;
}

/** Why there is nothing to measure, in words; the fonts of training are not carried by the program. */
export const handBench = (
  { MOTCUA_FONTS = "", MOTCUA_MODELS = "" }: NodeJS.ProcessEnv,
  role: Role = "unseen",
): HandBench | string => {
  const manifest = MOTCUA_MODELS === "" ? OWN_MANIFEST : new URL(`file://${MOTCUA_MODELS}`);
  if (MOTCUA_FONTS === "" || !existsSync(MOTCUA_FONTS))
    return "skipped: MOTCUA_FONTS names no folder; node dist/src/ml/training/handwriting/fetch-fonts.js FOLDER fills one";
  if (handwritingModelIn(manifest) === null)
    return `skipped: ${fileURLToPath(manifest)} names no model for handwriting; MOTCUA_MODELS names another list`;
  return { faces: loadFaces(MOTCUA_FONTS, role), manifest };
};
