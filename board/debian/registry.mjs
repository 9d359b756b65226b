// How does a package that is not installed here come from npm's registry, and is it the one that was pinned?
//
// For another machine's binaries: Node itself, and what npm installs for one processor only. Each is kept in the
// cache folder, and its hash is looked at each time it is taken from there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where things stay that cost time or a network to get again. */
export const cacheFolder = (...names) => {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "motcua", ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
};

export const run = (command, words, options = {}) => {
  const result = spawnSync(command, words, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (result.status === 0) return result.stdout;
  const why = result.error?.message ?? `${result.stderr ?? ""}`.trim().split("\n").slice(-12).join("\n");
  throw new Error(`${command} ${words.slice(0, 3).join(" ")} …: ${why || `exit code ${result.status}`}`);
};

/** Subresource integrity, as lock files have it: "sha512-BASE64". */
const integrityOf = (file) => `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;

const packed = ({ name, version, integrity }) => {
  const cache = cacheFolder("npm");
  const file = join(cache, `${name.replace("/", "+").replace("@", "")}-${version}.tgz`);
  if (existsSync(file) && integrityOf(file) === integrity) return file;
  const folder = mkdtempSync(join(cache, "pack-"));
  try {
    const said = JSON.parse(
      run("npm", ["pack", `${name}@${version}`, "--json", "--pack-destination", folder]),
    );
    const { filename } = Array.isArray(said) ? said[0] : Object.values(said)[0];
    const fetched = join(folder, filename);
    const got = integrityOf(fetched);
    if (got !== integrity)
      throw new Error(`${name}@${version} is not the pinned package: ${got}, pinned is ${integrity}`);
    renameSync(fetched, file);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Unpacks `{name, version, integrity}` into `folder`, without npm's own "package/". Throws where it is another one. */
export const fetchPackage = (pin, folder) => {
  const file = packed(pin);
  mkdirSync(folder, { recursive: true });
  run("tar", ["-xzf", file, "--strip-components=1", "--no-same-owner", "-C", folder]);
};
