// Which files of a node package does a kiosk never open?
//
// Only what runs is carried: of 650 MB of production packages two thirds are source maps, bundles for browsers and
// sources. Licences always stay. The one list for the Debian package (node-packages.mjs) and for Yocto's image (its
// prune.mjs); what is wrongly left out is a package that does not load in tests/board/yocto-leave-out.test.ts, or a visit
// that fails in tests/board/nspawn.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Of any package. */
const NEVER_OPENED = [
  // Types, maps and sources that were compiled.
  /\.(map|ts|mts|cts|tsx|flow|coffee)$/,
  // What native parts are made of.
  /\.(c|cc|cpp|cxx|h|hpp|gyp|gypi|mk|o|a|d|lib|pdb)$/,
  /^(tests?|__tests__|spec|examples?|docs?|demo|bench|benchmarks?|coverage)\//i,
  /^(yarn\.lock|package-lock\.json|bower\.json|Makefile|tsconfig[^/]*\.json|rollup\.config\.\w+)$/,
  // .github, .eslintrc and their like.
  /^\./,
];
const WORDS = /^(readme|changes?|changelog|history|contributing|security|upgrading|migration)[^/]*$/i;
const LICENCE = /(^|\/)(licen[cs]e|copying|notice)/i;

/** Packages that only the web pages' bundles or an installation need. */
export const WHOLE = new Set([
  "@fontsource-variable/noto-sans",
  "core-js",
  "nan",
  "node-addon-api",
  "prebuild-install",
  "react-dom",
  "typescript",
]);

const mainOnly = (path, { manifest }) => path === manifest.main;

/** Of packages with several builds in them: which files stay. */
const STAYS = {
  // Only where somebody wanted the native one: its library lies beside what was compiled against it.
  "@tensorflow/tfjs-node": (path) => /^(dist\/.+\.js|lib\/.+\.node|deps\/lib\/.+)$/.test(path),
  "@tensorflow/*": (path, carried) => mainOnly(path, carried) || /^dist\/[^/]+\.wasm$/.test(path),
  // The models alone are used; the program is there because its package is found by it.
  "@vladmandic/*": (path, carried) =>
    path === `dist/${carried.manifest.name.split("/")[1]}.node.js` || carried.models.has(path),
  "@expo-google-fonts/noto-sans": (path) =>
    !path.endsWith(".ttf") || /^(400Regular|700Bold|400Regular_Italic|[123]00\w+_Italic)\//.test(path),
  "@hyzyla/pdfium": (path) =>
    !/^dist\/(worker|.*(base64|\.cdn\.|\.browser\.|\.worker\.|worker\.bundle))/.test(path),
  "@techstark/opencv-js": (path) => path === "dist/opencv.js",
  "@tesseract.js-data/vie": (path) => !path.startsWith("4.0.0/"),
  "pdf-lib": (path) => !/^(dist|es|src|ts3\.4)\//.test(path),
  "tesseract.js": (path) => !path.startsWith("dist/"),
  // In Node tesseract.js takes the whole cores, also where LSTM alone is asked for; "*.wasm.js" is for browsers.
  "tesseract.js-core": (path) => !/-lstm\.|\.wasm\.js$/.test(path),
  "zxing-wasm": (path) => !/^dist\/(full|iife|miniprogram)\//.test(path),
};

/** Packages that load a library which was fetched into their own `deps/`. */
const OWN_LIBRARY = new Set(["@tensorflow/tfjs-node"]);

const ruleOf = (name) => STAYS[name] ?? STAYS[`${name.split("/")[0]}/*`];

/** Native parts: the compiled one for this machine, and nothing that it was made from. */
const nativeStays = (path, { manifest, npmArch, isNative }) => {
  if (path.startsWith("prebuilds/"))
    return path.startsWith(`prebuilds/linux-${npmArch}/`) && !path.includes("musl");
  if (!isNative) return true;
  if (path.startsWith("build/"))
    return /^build\/Release\/[^/]+\.node$/.test(path) && !path.endsWith("test_extension.node");
  return !path.startsWith("deps/") || OWN_LIBRARY.has(manifest.name);
};

/** The models that the program names, by package: paths in it, each with its sha256. */
export const modelsOf = (root) => {
  const { models } = JSON.parse(readFileSync(join(root, "src", "ml", "models.json"), "utf8"));
  const by = new Map();
  for (const { package: name, folder, files } of models) {
    if (name === undefined) continue;
    if (!by.has(name)) by.set(name, new Map());
    for (const file of files) by.get(name).set(`${folder}/${file.name}`, file.sha256);
  }
  return by;
};

/**
 * `path` lies in a package's folder; `carried` is `{manifest, npmArch, isNative, hasLicence, models}`. A README stays
 * where nothing else names the licence.
 */
const staysIn = (path, carried) => {
  if (path === "package.json" || LICENCE.test(path)) return !path.endsWith(".map");
  if (WORDS.test(path)) return !carried.hasLicence && /^readme/i.test(path);
  if (NEVER_OPENED.some((pattern) => pattern.test(path))) return false;
  return nativeStays(path, carried) && (ruleOf(carried.manifest.name)?.(path, carried) ?? true);
};

/** Files of one package, without the packages that are nested in it. */
const filesOf = (folder, at = folder) =>
  readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesOf(folder, path);
    return entry.isFile() ? [relative(folder, path)] : [];
  });

/**
 * What is in a package's folder: its manifest, all its `files`, and those of them that name its licence or that stay.
 * `npmArch` is npm's word for the kiosk's processor, `models` as modelsOf answers it.
 */
export const lookInto = (folder, { npmArch, models }) => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = filesOf(folder);
  const licences = files.filter((path) => LICENCE.test(path));
  const isNative = files.includes("binding.gyp");
  const carried = {
    npmArch,
    isNative,
    manifest: { ...manifest, main: `${manifest.main ?? "index.js"}`.replace(/^\.\//, "") },
    hasLicence: licences.length > 0,
    models: models.get(manifest.name) ?? new Map(),
  };
  return { manifest, files, licences, isNative, stay: files.filter((path) => staysIn(path, carried)) };
};
