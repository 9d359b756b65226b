#!/usr/bin/env node
// How does the command `motcua` start, on a fresh clone and on an installed kiosk alike?
//
// Plain JavaScript: it runs before anything is built. On a clone it does the set-up that is missing
// (src/setup.mjs); an installed package has no src/setup.mjs beside it and goes straight to dist.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const setupFile = new URL("./setup.mjs", import.meta.url);
const purpose = process.argv.find((word) => word.startsWith("--setup="))?.slice("--setup=".length);

// The tests start the command many times over, on a build that they have just made.
const isSetUp = process.env.MOTCUA_SETUP === "done";

if (!isSetUp && existsSync(fileURLToPath(setupFile))) {
  const { setUp } = await import(setupFile.href);
  const ready = await setUp(purpose === "test" ? "test" : "run");
  if (!ready) process.exit(1);
}
if (purpose === undefined) {
  // React's development build is slower and talks on stderr. Set after the set-up: npm would leave out what builds.
  process.env.NODE_ENV ??= "production";
  const { main } = await import("../dist/src/main.js");
  await main(process.argv);
}
