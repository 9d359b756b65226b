// What was set up, and is the kiosk to begin with it?
import { ConfigError } from "../../config.js";
import type { Desk, Step } from "../desk.js";
import { drafted, EMPTY_DRAFT, readSettings, writeSettings } from "../draft.js";
import { STEPS } from "../step-names.js";

/** Lines that are new or gone, as a technician reads them; the board's many lines are one. */
const changesOf = (desk: Desk): readonly string[] => {
  const before = readSettings(desk.places.configFile);
  const after = drafted(before, { ...desk.draft, board: null });
  const old = new Set(before.split("\n"));
  const fresh = after
    .split("\n")
    .filter((line) => line.trim() !== "" && !old.has(line) && !line.startsWith("["));
  return [
    ...fresh.map((line) => `+ ${line}`),
    ...(desk.draft.board === null ? [] : [`+ [board] ${desk.progress.now.steps.board?.said ?? ""}`]),
  ];
};

export const write: Step = {
  run: async (desk) => {
    const { talk, words, places, progress, clock } = desk;
    const steps = STEPS.filter((name) => name !== "write").map((name) => {
      const end = progress.now.steps[name];
      return `${words.mark(end?.state)} ${words.step(name)}: ${end?.said ?? "–"}`;
    });
    const changes = changesOf(desk);
    const wish = await talk.choose({
      ...{ key: "write.confirm", label: words.text("writeAsk", places.configFile) },
      help: [...steps, "", ...(changes.length === 0 ? [words.text("nothingChanges")] : changes)],
      options: [
        { value: "yes", label: words.text("writeYes") },
        { value: "later", label: words.text("writeLater") },
      ],
      ...{ initial: "yes", otherwise: "yes" },
    });
    if (wish === "later") return { state: "later", said: words.text("later") };
    const written = writeSettings(places.configFile, desk.draft, clock.wall().epochMs);
    progress.change({ draft: EMPTY_DRAFT, written: true });
    const problems = new ConfigError(places.configFile, written.problems);
    await talk.tell(words.text(written.changed ? "written" : "nothingChanges"), [
      places.configFile,
      ...(written.before === null ? [] : [words.text("before", written.before)]),
      ...(written.problems.length === 0 ? [] : [words.text("problemsStay"), ...problems.message.split("\n")]),
      ...(desk.house.isRunning ? words.lines("restartIt") : words.lines("startIt")),
    ]);
    return { state: written.problems.length === 0 ? "done" : "later", said: places.configFile };
  },
};
