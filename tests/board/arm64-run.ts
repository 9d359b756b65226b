// What did the emulated arm64 board show, and how long did each stage take? (Exit code 0: passed or skipped.)
import { arm64Board } from "./arm64.js";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const { skipped, stages, lines } = await arm64Board();
  for (const line of lines) say(line);
  if (skipped === null)
    say(`${stages.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`).join(", ")}`);
  else say(`skipped: an emulated arm64 board needs ${skipped}`);
} catch (thrown) {
  say(`FAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
