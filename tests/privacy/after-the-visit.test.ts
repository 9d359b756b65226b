// After every way out of a visit: is anything of the citizen left in the runtime, on its disk or on the wire?
//
// A real runtime in its own process, a real card, a real paper, a real broker. The names on card and paper are
// the sentinels; they are searched in a V8 heap snapshot of the runtime, in every file of its state folder and
// in everything that the broker carried.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { defaultConfig } from "../../src/config.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import type { DeckCard } from "../../src/dock/hands.js";
import { Citizen, type VisitRecord } from "../../src/dock/rehearsal/citizen.js";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import { Random } from "../../src/dock/rehearsal/random.js";
import { samplePapers } from "../../src/dock/samples.js";
import { Stack } from "../../src/dock/stack.js";
import type { View } from "../../src/flows/view.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";

interface World {
  stack: Stack;
  page: PageClient;
  card: DeckCard;
  paper: Uint8Array;
  listener: ChildProcess;
  traffic: () => string;
  /** Personal words of this citizen and this paper. */
  sentinels: readonly string[];
}

const test = suite<World>("after the visit");
const folder = mkdtempSync(join(tmpdir(), "motcua-privacy-"));
const stateDir = join(folder, "var");

test.before(async (world) => {
  const deck = await makeDeck(makeIssuer(stateDir));
  const card = deck[3];
  const paper = await samplePapers()[0]?.render();
  if (card === undefined || paper === undefined) throw new Error("no card or paper");
  world.card = card;
  world.paper = paper;
  // What stands on the sample birth certificate, besides the card's own values.
  const { fullName, personalNumber, motherName } = layOutPaper("birthCertificate", 11).fields;
  world.sentinels = [card.person.name, card.person.number, fullName, personalNumber, motherName].map(
    (word) => {
      if (word === undefined || word.length < 4) throw new Error("a sentinel is missing on the sample paper");
      return word;
    },
  );
  world.stack = await Stack.start({
    config: defaultConfig(),
    stateDir,
    screenPort: 0,
    portalPort: 0,
    withPortal: true,
    runtimeArguments: ["--heapsnapshot-signal=SIGUSR2", `--diagnostic-dir=${folder}`, "--expose-gc"],
  });
  const listener = spawn("mosquitto_sub", [
    "-h",
    "127.0.0.1",
    "-p",
    String(world.stack.broker.port),
    "-V",
    "5",
    "-t",
    "#",
    "-F",
    "%t %x",
  ]);
  world.listener = listener;
  let traffic = "";
  listener.stdout.on("data", (chunk: Buffer) => {
    traffic += chunk.toString();
  });
  world.traffic = () => traffic;
  world.page = new PageClient(world.stack.screenUrl);
});

test.after(async (world) => {
  world.listener.kill();
  world.page.close();
  await world.stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const visit = async (world: World, leavesAt: View["screen"]["name"] | null): Promise<VisitRecord> => {
  const parts = {
    page: world.page,
    control: world.stack.control,
    random: new Random(9),
    slipLies: () => true,
    atScreen: () => {},
  };
  const plan = {
    language: "vi",
    procedureCode: "1.004873",
    card: world.card,
    paper: world.paper,
    leavesAt,
  } as const;
  const record = await new Citizen(parts, plan).visit();
  await world.page.until((view) => view?.screen.name === "attract", 60_000, "the first screen again");
  return record;
};

const snapshots = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".heapsnapshot"));

/** The V8 heap of the runtime as text; strings stand in it as they are. */
const heapOf = async (world: World): Promise<string> => {
  for (const old of snapshots()) rmSync(join(folder, old));
  process.kill(world.stack.kioskPid ?? 0, "SIGUSR2");
  const until = Date.now() + 60_000;
  for (;;) {
    const [name] = snapshots();
    if (name !== undefined) {
      const size = statSync(join(folder, name)).size;
      await new Promise((resolve) => setTimeout(resolve, 700));
      if (size > 0 && statSync(join(folder, name)).size === size)
        return readFileSync(join(folder, name), "latin1");
    }
    if (Date.now() > until) throw new Error("no heap snapshot came");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const filesBelow = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return filesBelow(child);
    return entry.isFile() ? [child] : [];
  });

/** UTF-8 seen as Latin-1, escaped as JSON strings are in a snapshot, and UTF-16. */
const formsOf = (sentinel: string): readonly string[] => [
  Buffer.from(sentinel, "utf8").toString("latin1"),
  // V8 writes its escapes with capital digits.
  sentinel.replaceAll(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  ),
  Buffer.from(sentinel, "utf16le").toString("latin1"),
];

const isIn = (haystack: string, sentinel: string): boolean =>
  formsOf(sentinel).some((form) => form.length > 3 && haystack.includes(form));

const assertForgotten = async (world: World): Promise<void> => {
  // The last view goes out, workers end, and the collector runs before a snapshot by itself.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const heap = await heapOf(world);
  for (const sentinel of world.sentinels)
    assert.not.ok(isIn(heap, sentinel), `${sentinel} is in the runtime's heap`);
};

test("the search finds what is there: in the middle of a visit the name is in the heap", async (world) => {
  const parts = {
    page: world.page,
    control: world.stack.control,
    random: new Random(1),
    slipLies: () => true,
    atScreen: () => {},
  };
  const plan = {
    language: "vi",
    procedureCode: "1.004873",
    card: world.card,
    paper: world.paper,
    leavesAt: null,
  } as const;
  void new Citizen(parts, plan).visit();
  await world.page.until((view) => view?.screen.name === "papers", 120_000, "the paper screen");
  assert.ok(isIn(await heapOf(world), world.card.person.name));
  await world.page.until(
    (view) => view?.screen.name === "goodbye" || view?.screen.name === "attract",
    240_000,
    "the end",
  );
  await world.page.until((view) => view?.screen.name === "attract", 60_000, "the first screen again");
});

for (const leavesAt of ["form", "check", "confirm", null] as const) {
  test(`nothing is left after ${leavesAt === null ? "a finished visit" : `leaving at ${leavesAt}`}`, async (world) => {
    const record = await visit(world, leavesAt);
    assert.is(record.outcome, leavesAt === null ? "finished" : "abandoned", record.hang ?? "");
    await assertForgotten(world);
  });
}

test("nothing in database, WAL, logs or any other file of the kiosk", (world) => {
  // The portal is another machine; what it keeps is its business and is sealed there, too.
  const files = filesBelow(stateDir).filter((path) => !path.startsWith(join(stateDir, "portal")));
  assert.ok(files.some((path) => path.endsWith("-wal") || path.endsWith(".db")));
  for (const path of files) {
    const content = readFileSync(path, "latin1");
    for (const sentinel of world.sentinels)
      assert.not.ok(isIn(content, sentinel), `${sentinel} is in ${path}`);
  }
});

test("nothing in what the broker carried", (world) => {
  const traffic = world.traffic();
  assert.ok(traffic.includes("/up/"), "the listener heard submissions");
  const bytes = Buffer.from(
    traffic
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .join(""),
    "hex",
  ).toString("latin1");
  for (const sentinel of world.sentinels) assert.not.ok(isIn(bytes, sentinel), sentinel);
});

test.run();
