// Which devices were found, and does each do its work?
import { cut } from "../../console/rows.js";
import { PART_NAMES } from "../../core/part-names.js";
import { canServe, TESTED_PARTS, type TestResult } from "../../ops/self-test.js";
import type { Desk, Step, StepEnd } from "../desk.js";

/** Columns stay columns on 80. */
const LINE = 78;

const linesFor = (
  { words, language }: Desk,
  { part, result, evidence, fault, remedy }: TestResult,
): readonly string[] => [
  cut(`${words.of(PART_NAMES[part]).padEnd(26)}${words.result(result).padEnd(11)}${fault ?? evidence}`, LINE),
  ...(result === "failed" && remedy !== null ? [`   ${remedy[language]}`] : []),
];

const testAll = async (desk: Desk): Promise<readonly TestResult[]> => {
  const { talk, words } = desk;
  return talk.during(words.text("opening"), async (cancel, say) => {
    const bench = await desk.openBench(desk.config(), false);
    const results: TestResult[] = [];
    try {
      for (const part of TESTED_PARTS) {
        if (cancel.aborted) break;
        say(`${results.length + 1}/${TESTED_PARTS.length} ${words.of(PART_NAMES[part])} …`);
        results.push(await bench.test(part));
      }
    } finally {
      await bench.close();
    }
    return results;
  });
};

const summaryOf = ({ words }: Desk, results: readonly TestResult[]): string => {
  const count = (...wanted: readonly TestResult["result"][]): number =>
    results.filter(({ result }) => wanted.includes(result)).length;
  return words.text(
    "devicesSaid",
    String(count("passed", "look")),
    String(count("failed")),
    String(count("notWired")),
  );
};

export const devices: Step = {
  run: async (desk): Promise<StepEnd> => {
    const { talk, words } = desk;
    for (;;) {
      const results = await testAll(desk);
      const isReady = canServe(results) && results.every(({ result }) => result !== "failed");
      const said = summaryOf(desk, results);
      const next = await talk.choose({
        ...{ key: "devices.next", label: said, help: results.flatMap((result) => linesFor(desk, result)) },
        options: [
          { value: "on", label: words.text(isReady ? "goOn" : "goOnAnyway") },
          { value: "again", label: words.text("testAgain") },
        ],
        ...{ initial: "on", otherwise: "on" },
      });
      if (next === "on") return { state: isReady ? "done" : "later", said };
    }
  },
};
