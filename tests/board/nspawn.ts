// Does the package hold on a Debian of its own, whose PID 1 is systemd? (Layer C of `npm run test:board`)
//
// The story runs as a program of its own in namespaces of its own: what dies in them takes nothing else along, nothing
// is mounted on this machine, and nothing outlives the story's first process.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GROUND, rootfs } from "./nspawn-machine.js";

const STORY = fileURLToPath(new URL("./nspawn-story.js", import.meta.url));
const WITHIN_MS = 90 * 60_000;
/** What must be there, and the Debian package that brings it. */
const TOOLS = [
  ["/usr/bin/systemd-nspawn", "systemd-container"],
  ["/usr/bin/mmdebstrap", "mmdebstrap"],
  ["/usr/bin/dpkg-deb", "dpkg"],
  ["/usr/bin/unshare", "util-linux"],
  ["/usr/sbin/ip", "iproute2"],
  ["/usr/sbin/mkfs.ext4", "e2fsprogs"],
  ["/usr/sbin/mosquitto", "mosquitto"],
] as const;

const missing = (): string | null => {
  if (process.getuid?.() !== 0) return "root";
  const packages = TOOLS.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  return packages.length === 0 ? null : `the Debian packages ${packages.join(" ")}`;
};

/** Throws when something did not hold; the story's own lines are printed as they come. */
export const nspawnBoard = async (): Promise<{
  readonly skipped: string | null;
  readonly lines: readonly string[];
}> => {
  const skipped = missing();
  if (skipped !== null) return { skipped, lines: [] };
  const lines: string[] = [];
  // Fetched out here: in there is no network but the loopback.
  const base = rootfs((line) => lines.push(line));
  const { status, signal } = spawnSync(
    "unshare",
    [
      ...["--mount", "--net", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"],
      // A shell is the first process in there: it buries whoever the container leaves behind.
      ...["--propagation", "private", "sh", "-c", '"$0" "$@"; exit $?'],
      ...[process.execPath, "--enable-source-maps", STORY],
    ],
    {
      stdio: "inherit",
      timeout: WITHIN_MS,
      killSignal: "SIGKILL",
      env: { ...process.env, [GROUND]: base, MOTCUA_SETUP: "done" },
    },
  );
  if (status !== 0) throw new Error(`the story above failed (${signal ?? `exit code ${status}`})`);
  return { skipped: null, lines };
};
