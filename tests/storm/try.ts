import { CHUNK, plansOf, runVisits } from "./storm.js";
import { makeDeck } from "./world.js";
const [seed = 1, from = 0, to = 20] = process.argv.slice(2).map(Number);
process.on("unhandledRejection", (e) => process.stdout.write(`UNHANDLED ${e instanceof Error ? e.stack : String(e)}\n`));
const deck = await makeDeck(6);
for (let at = from; at < to; at += CHUNK) {
  const t = performance.now();
  const report = await runVisits({ deck, seed, plans: plansOf(seed, at, Math.min(to, at + CHUNK)) });
  process.stdout.write(`${at}: ${((performance.now() - t) / 1000).toFixed(1)} s, sim ${report.simulatedSeconds.toFixed(0)} s, ${report.submissions} submissions, ${report.slips} slips, finished ${report.records.filter((r) => r.finished).length}\n`);
  for (const problem of report.problems) {
    process.stdout.write(`  ${problem}\n`);
    const i = Number(/visit (\d+)/.exec(problem)?.[1] ?? -1);
    const r = report.records.find((x) => x.plan.index === i);
    if (r) process.stdout.write(`     ${r.happened.join(" | ")} :: ${JSON.stringify({...r.plan, faults: undefined})} :: ${r.trail.join(" > ")}\n`);
  }
}
