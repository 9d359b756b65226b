// Does every defence in board/THREATS.md name a test that exists, for every threat that there has to be?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";

const ROOT = packageRoot();
const TEXT = readFileSync(join(ROOT, "board", "THREATS.md"), "utf8");
const THREATS = [
  "The citizen at the screen",
  "The thief with the SD card",
  "The person on the LAN",
  "The malicious USB stick",
  "The stolen kiosk key",
  "The hostile portal message",
];
/** Fewer ways than this were not thought about. */
const LEAST_WAYS = 5;

interface Way {
  readonly threat: string;
  readonly tries: string;
  readonly defence: string;
  readonly shown: string;
}

const ways = (): readonly Way[] =>
  TEXT.split(/^## /m).flatMap((part) => {
    const [threat = ""] = part.split("\n");
    if (!THREATS.includes(threat)) return [];
    return part
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| they try"))
      .map((line) => {
        const [tries = "", defence = "", shown = ""] = line.replace(/^\| | \|$/g, "").split(" | ");
        return { threat, tries, defence, shown };
      });
  });

const shownBy = (shown: string): { readonly file: string; readonly title: string } => {
  const [, file = "", title = ""] = /^`(tests\/[\w./-]+)` "([^"]+)"$/.exec(shown) ?? [];
  return { file, title };
};

test("each threat of the list is there, with its ways and their defences", () => {
  for (const threat of THREATS)
    assert.ok(ways().filter((way) => way.threat === threat).length >= LEAST_WAYS, threat);
  for (const { tries, defence } of ways()) assert.ok(defence.length > 10, tries);
});

test("each defence names a test file that exists, and a test that stands in it", () => {
  const wrong = ways().flatMap(({ tries, shown }) => {
    const { file, title } = shownBy(shown);
    if (file === "" || !existsSync(join(ROOT, file))) return [`${tries}: no test file in ${shown}`];
    return readFileSync(join(ROOT, file), "utf8").includes(`"${title}"`) ? [] : [`${file} has no "${title}"`];
  });
  assert.equal(wrong, []);
});

test("what is not defended is said", () => {
  const part = TEXT.split(/^## /m).find((each) => each.startsWith("What is not defended")) ?? "";
  assert.ok((part.match(/^- /gm) ?? []).length >= 3);
});

test("the secrets that the program takes from systemd are those that the table names", () => {
  const source = readFileSync(join(ROOT, "src", "store", "credentials.ts"), "utf8");
  const names = [...source.matchAll(/"(motcua\.[\w-]+)"/g)].map(([, name = ""]) => name);
  assert.equal(names, ["motcua.device-key", "motcua.pin"]);
  for (const name of names) assert.ok(TEXT.includes(`credential \`${name}\``), name);
});

test.run();
