// Where do the pictures go that the tests take for people to look at?
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { packageRoot } from "../../src/package-root.js";

/** A screenshot under var/artefacts when MOTCUA_ARTEFACTS is set; nothing otherwise. */
export const artefact = async (page: Page, name: string): Promise<void> => {
  if (process.env["MOTCUA_ARTEFACTS"] === undefined) return;
  const folder = join(packageRoot(), "var", "artefacts");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
};
