// Does a slip come out, whole and readable?
import type { Step } from "../desk.js";

export const print: Step = {
  run: async (desk) => {
    const { talk, words } = desk;
    for (;;) {
      const wish = await talk.choose({
        ...{ key: "print.try", label: words.text("printTry"), help: words.lines("printHelp") },
        options: [
          { value: "yes", label: words.text("printYes") },
          { value: "later", label: words.text("later") },
        ],
        initial: "yes",
      });
      if (wish === "later") return { state: "later", said: words.text("later") };
      const result = await talk.during(words.text("printing"), async () => {
        const bench = await desk.openBench(desk.config(), true);
        try {
          return await bench.test("printer");
        } finally {
          await bench.close();
        }
      });
      const failed = result.result === "failed";
      const remedy = result.remedy === null ? [] : [words.of(result.remedy)];
      if (failed) {
        await talk.tell(words.text("notPrinted"), [result.evidence, ...remedy]);
        if (!talk.isPatient) return { state: "later", said: result.evidence };
        continue;
      }
      const seen = await talk.choose({
        ...{
          key: "print.seen",
          label: words.text("printSeen"),
          help: [result.evidence, ...(result.lookAt === null ? [] : [words.of(result.lookAt)])],
        },
        options: [
          { value: "yes", label: words.text("printGood") },
          { value: "again", label: words.text("printAgain") },
          { value: "no", label: words.text("printBad") },
        ],
        initial: "yes",
      });
      if (seen === "yes") return { state: "done", said: words.text("printGood") };
      if (seen === "no") return { state: "later", said: words.text("printBad") };
    }
  },
};
