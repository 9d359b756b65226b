// How do the fonts get onto the machine that trains?
//
//   node dist/src/ml/training/handwriting/fetch-fonts.js FOLDER
//
// Packs each package of fonts.json with the npm client, checks the archive's hash, unpacks it with its licence
// files, and checks every glyph. What is there already is not fetched again.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type FontFamily, fontFamilies, loadFaces, type Role } from "./fonts.js";

const fetchFamily = (cache: string, family: FontFamily): void => {
  const target = join(cache, `${family.family}-${family.version}`);
  if (existsSync(target)) return;
  const half = `${target}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  execFileSync("npm", ["pack", "--silent", `${family.package}@${family.version}`], {
    cwd: half,
    stdio: "ignore",
  });
  const archive = readdirSync(half).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`npm packed nothing for ${family.package}`);
  const hash = createHash("sha256")
    .update(readFileSync(join(half, archive)))
    .digest("hex");
  if (hash !== family.sha256)
    throw new Error(`${family.package}@${family.version} has the hash ${hash}, not ${family.sha256}`);
  execFileSync("tar", ["-xzf", archive, "--strip-components=1"], { cwd: half });
  rmSync(join(half, archive));
  renameSync(half, target);
};

const main = (): void => {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write("usage: fetch-fonts.js FOLDER\n");
    process.exitCode = 2;
    return;
  }
  const cache = resolve(folder);
  mkdirSync(cache, { recursive: true });
  for (const family of fontFamilies()) fetchFamily(cache, family);
  const roles: readonly Role[] = ["train", "validation", "unseen"];
  for (const face of roles.flatMap((role) => loadFaces(cache, role))) {
    const missing = face.missing();
    const name = `${face.family.role} ${face.family.family} ${face.weight}`;
    process.stdout.write(`${name}: ${missing.length === 0 ? "whole" : `lacks ${missing.join("")}`}\n`);
    if (missing.length > 0) process.exitCode = 1;
  }
};

main();
