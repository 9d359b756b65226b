// Which versions run here, and until when do the kiosk's certificates hold?
import { existsSync } from "node:fs";
import { certificateFolder } from "./certificate-command.js";
import { boardName, type Versions } from "./ops/console-view.js";
import { packageBuild, packageVersion } from "./package-root.js";
import { KIOSK_MIGRATIONS } from "./store/migrations.js";
import { Pairs } from "./sync/certificates/pairs.js";

/** What of the kiosk's pairs can be read; a damaged one is told by the link. */
const certificatesIn = (folder: string): Versions["certificates"] => {
  if (!existsSync(folder)) return [];
  const pairs = new Pairs(folder);
  return (["current", "next"] as const).flatMap((name) => {
    const pair = pairs.damage(name) === null ? pairs.get(name) : null;
    return pair === null ? [] : [{ name, serial: pair.serial, untilMs: pair.toMs }];
  });
};

export const versionsOf = (board: "simulated" | "hardware", stateDir: string): Versions => ({
  program: packageVersion(),
  build: packageBuild(),
  update: null,
  node: process.version,
  board: boardName(board),
  schema: KIOSK_MIGRATIONS.at(-1)?.version ?? 0,
  certificates: certificatesIn(certificateFolder(stateDir)),
});
