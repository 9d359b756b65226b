// Which layers of an emulated board can be tried on this machine, and what did each show? (`npm run test:board`)
import { arm64Board } from "./arm64.js";

const LAYERS = { "E, an emulated arm64 board": arm64Board } as const;

for (const [name, layer] of Object.entries(LAYERS)) {
  const started = performance.now();
  process.stdout.write(`layer ${name}\n`);
  try {
    const { skipped, lines } = await layer();
    if (skipped === null) for (const line of lines) process.stdout.write(`  ${line}\n`);
    else process.stdout.write(`  skipped: it needs ${skipped}\n`);
  } catch (thrown) {
    process.stdout.write(`  FAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  }
  process.stdout.write(`  ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
}
