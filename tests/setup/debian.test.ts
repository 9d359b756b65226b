// Is the Debian package the same twice, does the program in it run, and does it know whom it must not throw away?
//
// What it does on a machine is played by `npm run test:board`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { packageRoot } from "../../src/package-root.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { randomSubmission, testClock, withFolder } from "../store/fixtures.js";

const DEBIAN = join(packageRoot(), "board", "debian");
const NOT_FETCHED = /npm pack|ENOTFOUND|EAI_AGAIN/;
const hasDpkg = existsSync("/usr/bin/dpkg-deb");

const ran = (command: string, ...words: readonly string[]) =>
  spawnSync(command, [...words], { encoding: "utf8", env: { ...process.env, MOTCUA_SETUP: "done" } });

const built = (out: string) =>
  ran(process.execPath, join(DEBIAN, "build.mjs"), "--compress", "none", "--out", out);

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

test("built twice it is the same, and what is in it runs without anything of this checkout", () =>
  withFolder(async (dir) => {
    if (!hasDpkg) return void process.stdout.write("skipped: there is no dpkg-deb here\n");
    const first = built(join(dir, "1"));
    if (first.status !== 0 && NOT_FETCHED.test(first.stderr))
      return void process.stdout.write(
        "skipped: the pinned Node is not in the cache and can not be fetched here\n",
      );
    assert.is(first.status, 0, first.stderr);
    const second = built(join(dir, "2"));
    const deb = first.stdout.trim();
    assert.is(hashOf(deb), hashOf(second.stdout.trim()));
    const root = join(dir, "root");
    assert.is(ran("dpkg-deb", "--raw-extract", deb, root).status, 0);
    const program = join(root, "opt/motcua");
    const said = spawnSync(join(program, "bin/node"), [join(program, "src/motcua.mjs"), "--version"], {
      encoding: "utf8",
      env: {},
      cwd: "/",
    });
    const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
      version: string;
    };
    assert.is(said.stdout.trim(), version, said.stderr);
    for (const left of ["node_modules/typescript", "node_modules/uvu", "dist/tests", "src/setup.mjs"])
      assert.not(existsSync(join(program, left)), left);
    for (const name of ["postinst", "prerm", "postrm"]) {
      assert.is(ran("sh", "-n", join(root, "DEBIAN", name)).stderr, "", name);
      assert.not.match(readFileSync(join(root, "DEBIAN", name), "utf8"), /@[A-Z]+@/, name);
    }
    // Every unit that a boot wants is enabled; a template is a person's choice.
    const postinst = readFileSync(join(root, "DEBIAN", "postinst"), "utf8");
    assert.match(postinst, /for unit in [^;]*\bmotcua\.service\b/);
    assert.not.match(postinst, /motcua-console@/);
    const units = readdirSync(join(root, "usr/lib/systemd/system"));
    for (const name of units)
      assert.not.match(
        readFileSync(join(root, "usr/lib/systemd/system", name), "utf8"),
        /\/usr\/bin\/node/,
        name,
      );
  }));

test("a store with an application that waits is told from an empty one, and one that can not be read is kept", () =>
  withFolder((dir) => {
    const asked = () => ran(process.execPath, join(DEBIAN, "waiting.mjs"), dir);
    assert.is(asked().status, 0);
    const store = openStore({ dir: join(dir, "store"), clock: testClock, log: silentLog });
    const submission = randomSubmission(store.outbox.reserveSequence(), [1_000]);
    store.outbox.enqueue(submission);
    assert.is(asked().status, 1);
    assert.is(asked().stdout, "1 application of citizens that the portal has not confirmed");
    store.outbox.mark(submission.submissionId, "accepted");
    store.close();
    assert.is(asked().status, 0, asked().stdout);
    writeFileSync(
      join(dir, "store", "motcua.db"),
      "not a database at all, but longer than its header would be".repeat(99),
    );
    assert.is(asked().status, 1);
    assert.match(asked().stdout, /can not be read/);
  }));

test("what may not go out is named: modes, links, other processors, paths of the builder, programs that units miss", async () => {
  const { problemsOf } = (await import(join(DEBIAN, "check.mjs"))) as {
    problemsOf(tree: string, options: { root: string; debArch: string; installedBytes: number }): string[];
  };
  await withFolder((tree) => {
    for (const folder of ["opt/motcua/dist", "usr/lib/systemd/system"])
      mkdirSync(join(tree, folder), { recursive: true });
    const put = (name: string, bytes: string | Buffer) =>
      writeFileSync(join(tree, "opt/motcua", name), bytes);
    const problems = () =>
      problemsOf(tree, { root: packageRoot(), debArch: "amd64", installedBytes: 1 }).map((line) =>
        line.split("/").at(-1),
      );
    assert.equal(problems(), []);
    put("writable.js", "");
    chmodSync(join(tree, "opt/motcua/writable.js"), 0o666);
    symlinkSync("nowhere", join(tree, "opt/motcua/link"));
    const elf = Buffer.alloc(64);
    elf.write("\x7fELF", "latin1");
    elf.writeUInt16LE(183, 18);
    put("other.node", elf);
    put("built.js", `// ${packageRoot()}/src`);
    put("dist/asks.js", 'require.resolve("some/file.wasm")');
    writeFileSync(
      join(tree, "usr/lib/systemd/system/motcua.service"),
      "ExecStart=/opt/motcua/bin/nothing run\n",
    );
    assert.equal(
      [...problems()].sort(),
      [
        "asks.js opens some/file.wasm, which is left out",
        "link points to nowhere, which is not there",
        "nothing, which is not there",
        "other.node is for another processor",
        "writable.js has mode 666",
      ]
        .map((line) => line.split("/").at(-1))
        .concat([`${packageRoot().split("/").at(-1)}, a path of the machine that built it`])
        .sort(),
    );
  });
});

test.run();
