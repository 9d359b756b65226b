// One command of an update in a process of its own, which ends itself by SIGKILL at the point that is wanted.
//
// `update-process DIR MACHINE ACT KILL_AT BUNDLE BUILD KEY`. ACT: "go" brings the bundle and installs it, "prove" proves,
// "fail" is a program that does not prove itself. KILL_AT counts the points of the journal that are reached, from 1.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { install } from "../../src/update/install.js";
import { prove } from "../../src/update/prove.js";
import { makeParts, RUNNING } from "./parts.js";

const [, , dir = "", machineDir = "", act = "", killAt = "0", bundle = "", build = "0", publicKeyFile = ""] =
  process.argv;
let reached = 0;
const made = makeParts(
  dir,
  {
    conf: join(machineDir, "system.conf"),
    rebootFile: join(machineDir, "reboot-asked"),
    get bootId() {
      return readFileSync(join(machineDir, "boot_id"), "utf8");
    },
  },
  { publicKeyPem: readFileSync(publicKeyFile, "utf8") },
  {
    running: { ...RUNNING, build: Number(build) - 1 },
    reached: (point, step) => {
      reached += 1;
      if (reached !== Number(killAt)) return;
      writeSync(1, `killed at ${point} ${step}\n`);
      process.kill(process.pid, "SIGKILL");
    },
  },
);

const go = async (): Promise<void> => {
  const { step } = made.journal.state();
  const isBrought = step === "waiting" || step === "installing" || step === "rebooting";
  if (!isBrought) {
    const keeper = made.keeper();
    await keeper.idle();
    await keeper.takeFile(bundle, readFileSync(`${bundle}.release`));
  }
  await install(made.parts, { now: true });
};

if (act === "fail")
  made.runtime.proofNow = { screen: false, storeProblem: null, printer: true, synced: true };
try {
  if (act === "go") await go();
  else await prove(made.parts);
} catch (thrown) {
  writeSync(2, `${(thrown as Error).message}\n`);
  process.exit(1);
}
