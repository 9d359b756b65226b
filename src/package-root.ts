// Where is package.json, from compiled code in dist/src as from an installed package?
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, node_modules and dist. */
export const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("no package.json above the program");
    folder = parent;
  }
  return folder;
};

/** The version in package.json. */
export const packageVersion = (): string => {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
};

/** The number of this build, which the image's recipe writes beside package.json; 0 where nobody did. */
export const packageBuild = (): number => {
  const path = join(packageRoot(), "build");
  const text = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
};
