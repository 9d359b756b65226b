// Which layers of an emulated board can be tried on this machine, and what did each show? (`npm run test:board`)
//
// Words on the command line choose layers by a part of their name; further words choose steps of layer C.
import { arm64Board } from "./arm64.js";
import { nspawnBoard } from "./nspawn.js";

interface Seen {
  /** What is missing; null: it was tried. */
  readonly skipped: string | null;
  readonly lines: readonly string[];
  readonly stages?: readonly { readonly name: string; readonly seconds: number }[];
}

const LAYERS: Readonly<Record<string, (steps: readonly string[]) => Promise<Seen>>> = {
  "C, the package on a Debian in nspawn": nspawnBoard,
  "E, an emulated arm64 board": () => arm64Board(),
};
const namesLayer = (word: string): boolean => Object.keys(LAYERS).some((name) => name.includes(word));
const words = process.argv.slice(2);
const wanted = words.filter(namesLayer);
const steps = words.filter((word) => !namesLayer(word));

for (const [name, layer] of Object.entries(LAYERS)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const started = performance.now();
  process.stdout.write(`layer ${name}\n`);
  try {
    const seen = await layer(steps);
    for (const line of seen.lines) process.stdout.write(`  ${line}\n`);
    for (const { name: stage, seconds } of seen.stages ?? [])
      process.stdout.write(`  ${stage}: ${seconds.toFixed(0)} s\n`);
    if (seen.skipped !== null) process.stdout.write(`  skipped: it needs ${seen.skipped}\n`);
  } catch (thrown) {
    process.stdout.write(`  FAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  }
  process.stdout.write(`  ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
}
