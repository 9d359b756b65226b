// Is a slot what the kernel and the firmware will read: a root whose every block is hashed, and boot files with its hash?
//
// Made by the layer's own code with the tools that bitbake would use, and looked into with those tools.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { python, ROOT } from "./yocto-tree.js";

const SBIN = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
const run = (command: string, ...args: string[]) =>
  spawnSync(command, args, {
    ...{ encoding: "utf8", maxBuffer: 1 << 26 },
    // The time of all that is made here, whatever the caller's own is.
    env: { ...process.env, PATH: SBIN, SOURCE_DATE_EPOCH: "0" },
  });

const TOOLS = {
  veritysetup: "cryptsetup-bin",
  mksquashfs: "squashfs-tools",
  "mkfs.vfat": "dosfstools",
  mcopy: "mtools",
};
const missing = Object.entries(TOOLS).filter(([tool]) => run("sh", "-c", `command -v ${tool}`).status !== 0);

const inFolder = (use: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-slot-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const slots = (code: string, ...args: string[]): unknown => {
  const path = process.env["PATH"];
  process.env["PATH"] = SBIN;
  try {
    const { value, stderr } = python(
      `import json, sys; from motcua import slots; a = sys.argv[1:]; print(json.dumps(${code}))`,
      ...args,
    );
    assert.is.not(value, null, stderr);
    return value;
  } finally {
    process.env["PATH"] = path;
  }
};

interface Root {
  readonly file: string;
  readonly blocks: number;
  readonly hash: string;
  readonly salt: string;
}

const makeRoot = (folder: string): Root => {
  const image = join(folder, "root.squashfs-zst");
  const made = run("mksquashfs", join(ROOT, "src", "core"), image, "-noappend", "-comp", "zstd", "-quiet");
  assert.is(made.status, 0, made.stderr);
  const file = join(folder, "root.verity");
  const [blocks, hash, salt] = slots("slots.verity(a[0], a[1])", image, file) as [number, string, string];
  return { file, blocks, hash, salt };
};

const holds = ({ file, blocks, hash, salt }: Root): boolean =>
  run(
    "veritysetup",
    ...["verify", "--no-superblock", "--hash=sha256", "--data-block-size=4096", "--hash-block-size=4096"],
    ...[`--data-blocks=${blocks}`, `--hash-offset=${blocks * 4096}`, `--salt=${salt}`, file, file, hash],
  ).status === 0;

const withTools = (name: string, body: () => void): void => {
  if (missing.length === 0) test(name, body);
  else
    test(`skipped, ${missing.map(([tool, from]) => `${tool} (package ${from})`).join(", ")} is not here: ${name}`, () => {});
};

withTools(
  "every block of the root is hashed: one changed bit anywhere is found, and the same tree has the same hash",
  () =>
    inFolder((folder) => {
      const root = makeRoot(folder);
      assert.ok(holds(root));
      const bytes = readFileSync(root.file);
      assert.ok(bytes.length > root.blocks * 4096, "the hash tree lies behind the data");
      for (const at of [0, 4096, root.blocks * 4096 - 1, root.blocks * 4096]) {
        const bad = join(folder, "bad");
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        writeFileSync(bad, changed);
        assert.is(holds({ ...root, file: bad }), false, `byte ${at}`);
      }
      assert.is(makeRoot(folder).hash, root.hash);
    }),
);

withTools("each slot's command line names its own root, and the hash that the root has", () =>
  inFolder((folder) => {
    const root = makeRoot(folder);
    const line = (slot: string): string =>
      slots(
        "slots.cmdline('quiet ro', a[0], (int(a[1]), a[2], a[3]))",
        ...[slot, String(root.blocks), root.hash, root.salt],
      ) as string;
    for (const slot of ["a", "b"]) {
      const label = `PARTLABEL=root-${slot}`;
      const table = /dm-mod\.create="motcua-root,,0,ro,([^"]*)"$/.exec(line(slot))?.[1]?.split(" ") ?? [];
      // Start, sectors, target, version, data, hashes, block sizes, data blocks, first hash block, algorithm, root, salt.
      const [start, sectors, target, version, data, hashes, ...rest] = table;
      assert.equal(
        [start, sectors, target, version, data, hashes],
        ["0", String(root.blocks * 8), "verity", "1", label, label],
      );
      assert.equal(rest, [
        "4096",
        "4096",
        String(root.blocks),
        String(root.blocks),
        "sha256",
        root.hash,
        root.salt,
      ]);
      assert.match(
        line(slot),
        new RegExp(`^quiet ro rauc\\.slot=${slot.toUpperCase()} root=/dev/dm-0 dm-mod\\.waitfor=${label} `),
      );
      // COMMAND_LINE_SIZE of arm64.
      assert.ok(line(slot).length < 2048);
    }
    assert.is(slots("slots.cmdline('quiet ro', 'b', None)"), "quiet ro rauc.slot=B root=PARTLABEL=root-b");
  }),
);

withTools("the boot partition holds the files by their names, and is the same for the same files", () =>
  inFolder((folder) => {
    const make = (name: string): Buffer => {
      const files = join(folder, "files");
      rmSync(files, { recursive: true, force: true });
      mkdirSync(join(files, "overlays"), { recursive: true });
      writeFileSync(join(files, "cmdline-a.txt"), "quiet\n");
      writeFileSync(join(files, "overlays", "vc4-kms-v3d.dtbo"), "overlay");
      slots("[slots.fat(a[0], 'BOOT', 64, a[1], 1795407314)]", join(folder, name), files);
      return readFileSync(join(folder, name));
    };
    const first = make("first");
    assert.is(run("fsck.vfat", "-n", join(folder, "first")).status, 0);
    assert.is(
      run("mcopy", "-i", join(folder, "first"), "::/overlays/vc4-kms-v3d.dtbo", "-").stdout,
      "overlay",
    );
    assert.ok(first.equals(make("second")));
  }),
);

test("boot files go where the machine's configuration says, and one that is not there is named", () =>
  inFolder((folder) => {
    mkdirSync(join(folder, "bootfiles"));
    for (const name of ["Image", "x.dtbo", "bootfiles/config.txt", "bootfiles/start4.elf"])
      writeFileSync(join(folder, name), name);
    const pairs = slots(
      "list(slots.boot_files(a[1].split(), a[0]))",
      folder,
      "bootfiles/* x.dtbo;overlays/x.dtbo Image;kernel8.img",
    ) as [string, string][];
    assert.equal(
      pairs.map(([, to]) => to),
      ["config.txt", "start4.elf", "overlays/x.dtbo", "kernel8.img"],
    );
    const { value, stderr } = python(
      "import sys; from motcua import slots; list(slots.boot_files(['lost.dtb'], sys.argv[1]))",
      folder,
    );
    assert.is(value, null);
    assert.match(stderr, /has no lost\.dtb/);
  }));

test.run();
