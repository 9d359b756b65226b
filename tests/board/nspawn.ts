// Does the package hold on a Debian of its own, whose PID 1 is systemd? (Layer C of `npm run test:board`)
//
// The story runs as a program of its own in namespaces of its own: what dies in them takes nothing else along, nothing
// is mounted on this machine, and nothing outlives the story's first process.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { twoPackages } from "./nspawn-debs.js";
import { GROUND, GROUP, rootfs } from "./nspawn-machine.js";
import { DEBS, STEPS } from "./nspawn-steps.js";

const STORY = fileURLToPath(new URL("./nspawn-story.js", import.meta.url));
const WITHIN_MS = 90 * 60_000;
/** What must be there, and the Debian package that brings it. */
const TOOLS = [
  ["/usr/bin/systemd-nspawn", "systemd-container"],
  ["/usr/bin/mmdebstrap", "mmdebstrap"],
  ["/usr/bin/dpkg-deb", "dpkg"],
  ["/usr/bin/unshare", "util-linux"],
  ["/usr/bin/setpriv", "util-linux"],
  ["/usr/sbin/ip", "iproute2"],
  ["/usr/sbin/mkfs.ext4", "e2fsprogs"],
  ["/usr/sbin/mosquitto", "mosquitto"],
] as const;

const missing = (): string | null => {
  if (process.getuid?.() !== 0) return "root";
  const packages = TOOLS.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  return packages.length === 0 ? null : `the Debian packages ${packages.join(" ")}`;
};

/** A machine that is killed can not take its control groups with it. */
const sweepGroups = (group: string): void => {
  const sweep = `mount -t cgroup2 cgroup2 /mnt && find /mnt/${group} -depth -type d -exec rmdir {} +`;
  spawnSync("unshare", ["--mount", "--propagation", "private", "sh", "-c", sweep]);
};

/** Throws when something did not hold; the story's own lines are printed as they come. `steps`: words of nspawn-steps.ts; none: all. */
export const nspawnBoard = async (
  steps: readonly string[] = [],
): Promise<{
  readonly skipped: string | null;
  readonly lines: readonly string[];
}> => {
  const unknown = steps.filter((step) => !STEPS.some(({ word }) => word === step));
  if (unknown.length > 0)
    throw new Error(
      `no such step: ${unknown.join(" ")}; there are ${STEPS.map(({ word }) => word).join(" ")}`,
    );
  const skipped = missing();
  if (skipped !== null) return { skipped, lines: [] };
  const say = (line: string): void => {
    process.stdout.write(`  ${line}\n`);
  };
  // Fetched and built out here: in there is no network but the loopback, and no cache.
  const base = rootfs(say);
  const debs = process.env[DEBS] ?? twoPackages(say).join(":");
  const group = `motcua-board-${process.pid}`;
  const { status, signal } = spawnSync(
    "setpriv",
    [
      // Whoever ends this process, however, ends the machine.
      ...["--pdeathsig", "SIGKILL"],
      ...["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"],
      // A shell is the first process in there: it buries whoever the container leaves behind.
      ...["--propagation", "private", "sh", "-c", '"$0" "$@"; exit $?'],
      ...[process.execPath, "--enable-source-maps", STORY, ...steps],
    ],
    {
      stdio: "inherit",
      timeout: WITHIN_MS,
      killSignal: "SIGKILL",
      env: { ...process.env, [GROUND]: base, [GROUP]: group, [DEBS]: debs, MOTCUA_SETUP: "done" },
    },
  );
  sweepGroups(group);
  if (status !== 0) throw new Error(`the story above failed (${signal ?? `exit code ${status}`})`);
  return { skipped: null, lines: [] };
};
