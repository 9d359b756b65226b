// Does the set-up change what it was told in kiosk.toml, and nothing else?
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "smol-toml";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, loadConfig, parseConfig } from "../../src/config.js";
import { packageRoot } from "../../src/package-root.js";
import { boardFiles, boardOf, boardTable, SIMULATED_TABLE } from "../../src/provision/boards.js";
import { EMPTY_DRAFT, withValue, writeSettings } from "../../src/provision/draft.js";
import { NotEditable, replaceTable, setValue } from "../../src/provision/toml-edit.js";
import { withFolder } from "../store/fixtures.js";

const FILE = `# Written by hand in March.
[kiosk] # the one at the market
id = "VH01"   # do not change
placeVi = 'Chợ Lớn'

[future]
unknown = { a = 1, b = [ "x", # with a note
  "y" ] }

[link]
# The old broker is kept for a while:
# url = "mqtts://old.example"

[board]
kind = "simulated" # until the cabinet comes
`;

test("one value changes, and every other byte stays", () => {
  const after = setValue(FILE, ["kiosk", "id"], "BP07");
  assert.is(after, FILE.replace('"VH01"', '"BP07"'));
  const literal = setValue(FILE, ["kiosk", "placeVi"], 'Nhà "Văn" \\ hóa');
  assert.is(literal, FILE.replace("'Chợ Lớn'", '"Nhà \\"Văn\\" \\\\ hóa"'));
});

test("a value that is not there comes behind the last of its table, a table that is not there at the end", () => {
  assert.is(
    setValue(FILE, ["kiosk", "placeEn"], "Market"),
    FILE.replace("placeVi = 'Chợ Lớn'\n", "placeVi = 'Chợ Lớn'\nplaceEn = \"Market\"\n"),
  );
  assert.is(
    setValue(FILE, ["link", "url"], "mqtts://new.example"),
    FILE.replace("[link]\n", '[link]\nurl = "mqtts://new.example"\n'),
  );
  assert.is(setValue(FILE, ["commands", "keys"], ["/a", "/b"]), `${FILE}\n[commands]\nkeys = ["/a", "/b"]\n`);
  assert.is(setValue("", ["kiosk", "id"], "BP07"), '[kiosk]\nid = "BP07"\n');
  assert.is(setValue("[kiosk]", ["kiosk", "id"], "BP07"), '[kiosk]\nid = "BP07"\n');
});

test("dotted and quoted keys, long strings and Windows' line ends are understood", () => {
  assert.is(setValue('kiosk.id = "A1"\n', ["kiosk", "id"], "B2"), 'kiosk.id = "B2"\n');
  assert.is(
    setValue('"kiosk" . \'id\' = "A1" # x\n', ["kiosk", "id"], "B2"),
    '"kiosk" . \'id\' = "B2" # x\n',
  );
  const long = 'note = """\n[kiosk]\nid = "no"\n"""\n[kiosk]\r\nid = "A1"\r\n';
  assert.is(setValue(long, ["kiosk", "id"], "B2"), long.replace('"A1"', '"B2"'));
  const array = '[commands]\nkeys = [\n  "one", # "two"\n  "three",\n]\n[kiosk]\nid = "A1"\n';
  assert.is(setValue(array, ["commands", "keys"], ["x"]), '[commands]\nkeys = ["x"]\n[kiosk]\nid = "A1"\n');
});

test("a form that can not be changed is refused, and named, before anything is lost", () => {
  for (const text of ['kiosk = { id = "A1" }\n', 'kiosk.placeVi = "x"\n', "[[kiosk]]\nid = 'A1'\n"])
    try {
      setValue(text, ["kiosk", "id"], "B2");
      assert.unreachable(text);
    } catch (thrown) {
      assert.instance(thrown, NotEditable);
      assert.match((thrown as Error).message, /kiosk\.id/);
    }
});

const SENTENCE = fc.stringMatching(/^[ -~À-ỹ]{0,20}$/);

test("whatever a technician wrote, what is set is set and the rest says what it said", () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  const value = fc.oneof(
    SENTENCE.map((text) => JSON.stringify(text)),
    SENTENCE.map((text) => `'${text.replaceAll("'", "")}'`),
    fc.integer().map(String),
    fc.constantFrom("[ 1, # ]\n 2 ]", '{ a = "#", b = [] }', '"""\n[x]\n# """', "'''\n]'''", "1979-05-27"),
  );
  const line = fc
    .tuple(word, value, fc.constantFrom("", " # note", "   "))
    .map(([key, is, end]) => [key, `${key} = ${is}${end}`] as const);
  const table = fc.tuple(word, fc.uniqueArray(line, { selector: ([key]) => key, maxLength: 4 }));
  const file = fc.uniqueArray(table, { selector: ([name]) => name, maxLength: 5 });
  fc.assert(
    fc.property(file, word, word, SENTENCE, (tables, name, key, fresh) => {
      const text = tables
        .map(([head, lines]) => `[${head}]\n${lines.map(([, each]) => `${each}\n`).join("")}\n`)
        .join("");
      const after = setValue(text, [name, key], fresh);
      assert.is((parse(after) as Record<string, Record<string, unknown>>)[name]?.[key], fresh);
    }),
    { numRuns: 300 },
  );
});

const BOARDS = boardFiles(join(packageRoot(), "board"));

test("each board's table takes the old one's place, again and again, with its comments and without leavings", () => {
  assert.is(BOARDS.length >= 3, true);
  for (const { name, toml } of BOARDS) {
    const once = replaceTable(FILE, "board", boardTable(toml));
    assert.is(
      parseConfig(once.replace(/\[future\][^[]*\[ "x"[^\]]*\] \}\n/, ""), name).board.kind,
      "hardware",
    );
    assert.is(replaceTable(once, "board", boardTable(toml)), once, name);
    for (const kept of [
      "# Written by hand in March.",
      "# do not change",
      "# The old broker is kept",
      "[future]",
    ])
      assert.ok(once.includes(kept), `${name}: ${kept}`);
    assert.ok(once.includes(toml.trim().split("\n").at(-2) ?? "?"));
  }
  const [first] = BOARDS;
  const there = replaceTable(FILE, "board", boardTable(first?.toml ?? ""));
  assert.is(replaceTable(there, "board", SIMULATED_TABLE).trim(), FILE.replace(/ # until.*/, "").trim());
});

test("what stands between and behind the board's tables stays", () => {
  const text = '[board]\nkind = "simulated"\n\n# of the link\n[link]\nurl = ""\n\n[visit]\nspeech = "off"\n';
  const after = replaceTable(text, "board", boardTable(BOARDS[0]?.toml ?? ""));
  assert.ok(after.endsWith('\n# of the link\n[link]\nurl = ""\n\n[visit]\nspeech = "off"\n'));
  const parted = '[board.printer]\nport = "tcp:a:1"\n[link]\nurl = ""\n[board]\nkind = "simulated"\n';
  assert.is(
    (parse(replaceTable(parted, "board", SIMULATED_TABLE)) as { link: { url: string } }).link.url,
    "",
  );
});

test("a machine is known by what its device tree says", () => {
  const found = (model: string): string | undefined => boardOf(model, BOARDS)?.name;
  assert.is(found("Raspberry Pi 4 Model B Rev 1.4"), "raspberry-pi-4");
  assert.is(found("Raspberry Pi Compute Module 4 Rev 1.0"), "raspberry-pi-4");
  assert.is(found("Raspberry Pi 5 Model B Rev 1.0"), "raspberry-pi-5");
  assert.is(found("Radxa ROCK 5B"), "radxa-rock-5b");
  for (const other of ["Raspberry Pi 400 Rev 1.0", "Raspberry Pi 3 Model B", "Radxa ROCK 5B+", ""])
    assert.is(found(other), undefined, other);
});

test("the file is written whole, keeps its mode, and the one before stays beside it", () =>
  withFolder(async (dir) => {
    const file = join(dir, "etc", "kiosk.toml");
    const draft = withValue(EMPTY_DRAFT, "kiosk.id", "BP07");
    assert.equal(writeSettings(file, draft, 0), { before: null, changed: true, problems: [] });
    assert.is(statSync(file).mode & 0o777, 0o644);
    writeFileSync(file, FILE, { mode: 0o640 });
    const { before, problems } = writeSettings(file, draft, Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.is(before, `${file}.20260102T030405`);
    assert.is(readFileSync(before ?? "", "utf8"), FILE);
    // A key that nobody knows was wrong before, and is the technician's.
    assert.equal(
      problems.map(({ key }) => key),
      ["future"],
    );
    assert.is(readFileSync(file, "utf8"), FILE.replace('"VH01"', '"BP07"'));
    assert.equal(writeSettings(file, draft, 1).changed, false);
    assert.is(readdirSync(join(dir, "etc")).length, 2);
  }));

test("what would make the settings wrong is not written", () =>
  withFolder(async (dir) => {
    const file = join(dir, "kiosk.toml");
    assert.throws(
      () => writeSettings(file, withValue(EMPTY_DRAFT, "kiosk.id", "x"), 0),
      (thrown: unknown) => thrown instanceof ConfigError && /kiosk\.id = "x"/.test(thrown.message),
    );
    assert.is(existsSync(file), false);
    writeFileSync(file, "[kiosk\n");
    assert.throws(() => writeSettings(file, withValue(EMPTY_DRAFT, "kiosk.id", "BP07"), 0));
    assert.is(readFileSync(file, "utf8"), "[kiosk\n");
    assert.throws(() => loadConfig(file));
  }));

test.run();
