// Is a bundle what its manifest says, and whose manifests are believed?
import { readFileSync } from "node:fs";
import type { Release } from "../sync/protocol/release.js";
import type { Installer } from "./rauc.js";

/** Null: the bundle is what its manifest says, by RAUC's own word. Throws `RaucError`. */
export const bundleProblem = async (
  bundle: string,
  { compatible, build }: Release,
  installer: Pick<Installer, "inspect">,
): Promise<string | null> => {
  const facts = await installer.inspect(bundle);
  if (facts.compatible !== compatible)
    return `the bundle is for "${facts.compatible}", and its release says "${compatible}"`;
  return facts.build === String(build)
    ? null
    : `the bundle is build "${facts.build}", and its release says ${build}`;
};

/** The PEM texts of the configured files; throws when one can not be read. */
export const releaseKeys = (files: readonly string[]): readonly string[] =>
  files.map((file) => readFileSync(file, "utf8"));
