// Which board is in the cabinet, and which adapter belongs to which device?

import { existsSync } from "node:fs";
import { parse } from "smol-toml";
import { PART_NAMES } from "../../core/part-names.js";
import { boardFiles, boardOf, boardTable, modelIn, nodeOf, portsIn, SIMULATED_TABLE } from "../boards.js";
import type { Desk, Step } from "../desk.js";
import { setValue } from "../toml-edit.js";

const KEEP = "keep";
const SIMULATED = "simulated";
const TYPED = "type";
const WIRED = ["printer", "chipReader", "codeReader"] as const;

type Wired = (typeof WIRED)[number];
interface Tables {
  readonly board?: Readonly<Partial<Record<Wired, { readonly port?: unknown }>>> & {
    readonly kind?: unknown;
  };
}

const portOf = (table: string, device: Wired): string =>
  String((parse(table) as Tables).board?.[device]?.port ?? "");

const kindOf = (file: string): string => {
  try {
    return String((parse(file) as Tables).board?.kind ?? "");
  } catch {
    return "";
  }
};

/** How the parts after the path are written: speed, flow control. */
const settingsOf = (address: string): string => /^serial:[^:]+(:.*)$/.exec(address)?.[1] ?? "";

const askPort = async ({ talk, words, places }: Desk, device: Wired, present: string): Promise<string> => {
  const node = nodeOf(present);
  const isThere = node === null || existsSync(node);
  const found = portsIn(places.devFolder).map((port) =>
    port.startsWith("serial:") ? `${port}${settingsOf(present)}` : port,
  );
  const label = words.text("portOf", words.of(PART_NAMES[device]));
  const key = `board.${device}`;
  const answer = await talk.choose({
    ...{ key, label, help: [words.text(isThere ? "portThere" : "portMissing")] },
    options: [
      { value: KEEP, label: words.text("keepPort", present) },
      ...found.filter((port) => port !== present).map((port) => ({ value: port, label: port })),
      { value: TYPED, label: words.text("typePort") },
    ],
    initial: isThere || found.length === 0 ? KEEP : (found[0] ?? KEEP),
    otherwise: KEEP,
  });
  if (answer === KEEP) return present;
  if (answer !== TYPED) return answer;
  return talk.ask({
    ...{ key: `${key}Port`, label, initial: present, longest: 200 },
    wrong: (text) =>
      /^(serial|tcp|unix|file|i2c|pcsc|camera):.*$/.test(text) ? null : words.text("portRight"),
  });
};

export const board: Step = {
  run: async (desk) => {
    const { talk, words, places } = desk;
    const files = boardFiles(places.boardFolder);
    const model = modelIn(places.modelFile);
    const own = boardOf(model, files);
    const present = kindOf(desk.draft.board ?? desk.settingsText());
    const chosen = await talk.choose({
      key: "board.name",
      label: words.text("boardWhich"),
      help: [model === "" ? words.text("noModel") : words.text("model", model)],
      options: [
        ...(present === "" ? [] : [{ value: KEEP, label: words.text("keepBoard", present) }]),
        ...files.map(({ name, about }) => ({
          value: name,
          label: `${about}${name === own?.name ? ` (${words.text("thisMachine")})` : ""}`,
        })),
        { value: SIMULATED, label: words.text("simulated") },
      ],
      initial: present === "" ? (own?.name ?? SIMULATED) : KEEP,
    });
    if (chosen === KEEP) return { state: "done", said: words.text("keepBoard", present) };
    const file = files.find(({ name }) => name === chosen);
    if (file === undefined) {
      desk.setBoard(SIMULATED_TABLE);
      return { state: "done", said: words.text("simulated") };
    }
    let table = boardTable(file.toml);
    for (const device of WIRED) {
      const before = portOf(table, device);
      const port = await askPort(desk, device, before);
      if (port !== before) table = setValue(table, ["board", device, "port"], port);
    }
    desk.setBoard(table);
    return { state: "done", said: file.about };
  },
};
