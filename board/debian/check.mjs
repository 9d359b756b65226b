// Is there anything in the package that should not be there, or not be so?
//
// What lintian would say of such a package, and what it can not know: the right processor in every native part,
// libraries that something in Depends brings, units whose programs are there, no path of the machine that built it.
import { closeSync, existsSync, lstatSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { run } from "./registry.mjs";
import { walk } from "./tree.mjs";

/** e_machine of the ELF header. */
const ELF_MACHINE = { amd64: 62, arm64: 183 };
/** What libc6, libgcc-s1 and libstdc++6 bring; the others are recommended, and their add-ons may be missing. */
const LIBRARIES =
  /^(libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libstdc\+\+|ld-linux-[\w-]+|libpcsclite|libgpiod|libvips-cpp)\.so/;
const LARGEST_BYTES = 420 * 1024 * 1024;

const headOf = (path) => {
  const head = Buffer.alloc(20);
  const file = openSync(path, "r");
  readSync(file, head, 0, 20, 0);
  closeSync(file);
  return head;
};

const elfProblems = (path, shown, debArch) => {
  const head = headOf(path);
  if (head.toString("latin1", 0, 4) !== "\x7fELF") return [];
  if (head.readUInt16LE(18) !== ELF_MACHINE[debArch]) return [`${shown} is for another processor`];
  if (!existsSync("/usr/bin/readelf")) return [];
  return [...run("readelf", ["-d", path]).matchAll(/\(NEEDED\).*\[(.+)\]/g)]
    .map(([, library]) => library)
    .filter((library) => !LIBRARIES.test(library))
    .map((library) => `${shown} needs ${library}, which nothing in Depends brings`);
};

const isText = (path) => /\.(m?js|cjs|json|service|timer|target|conf|toml|rules|sh|html|md)$/.test(path);

const fileProblems = (tree, path, { root, debArch }) => {
  const shown = relative(tree, path);
  const stat = lstatSync(path);
  if (stat.isSymbolicLink())
    return existsSync(path) ? [] : [`${shown} points to ${readlinkSync(path)}, which is not there`];
  if (!stat.isFile()) return stat.isDirectory() ? [] : [`${shown} is not a file`];
  if ((stat.mode & 0o6022) !== 0) return [`${shown} has mode ${(stat.mode & 0o7777).toString(8)}`];
  const found = elfProblems(path, shown, debArch);
  if (!isText(path) && !path.endsWith(".node")) return found;
  const bytes = readFileSync(path);
  for (const here of [root, homedir() === "/" ? root : `${homedir()}/.`])
    if (bytes.includes(here)) found.push(`${shown} holds ${here}, a path of the machine that built it`);
  return found;
};

/** Programs under /opt/motcua that a unit starts are there. */
const unitProblems = (tree) =>
  walk(join(tree, "usr/lib/systemd/system"))
    .filter((path) => lstatSync(path).isFile())
    .flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/\/opt\/motcua\/[\w./@-]*\w/g)]
        .map(([program]) => program)
        .filter((program) => !existsSync(join(tree, program)))
        .map((program) => `${relative(tree, path)} names ${program}, which is not there`),
    );

/** What the program asks for by a path inside a package is there: nobody would notice before the visit. */
const resolveProblems = (tree) => {
  const program = join(tree, "opt/motcua");
  return walk(join(program, "dist"))
    .filter((path) => path.endsWith(".js") && !path.includes("/web/"))
    .flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/resolve\(\s*"(@?[\w.-]+(?:\/[\w.@-]+)+\.(?:wasm|ttf|json))"/g)]
        .map(([, name]) => name)
        .filter(
          (name) =>
            !existsSync(join(program, "node_modules", name)) &&
            !name.startsWith("zxing-wasm/") &&
            name !== "@hyzyla/pdfium/pdfium.wasm",
        )
        .map((name) => `${relative(tree, path)} opens ${name}, which is left out`),
    );
};

/** Every problem as one line; an empty list: the package may go out. */
export const problemsOf = (tree, { root, debArch, installedBytes }) => [
  ...walk(tree)
    .filter((path) => !relative(tree, path).startsWith("DEBIAN/"))
    .flatMap((path) => fileProblems(tree, path, { root, debArch })),
  ...unitProblems(tree),
  ...resolveProblems(tree),
  ...(installedBytes > LARGEST_BYTES ? [`it takes ${Math.round(installedBytes / 1e6)} MB installed`] : []),
];
