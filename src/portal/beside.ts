// How does a command open the portal's database, also while the portal runs?
//
// SQLite lets two write in turn, as long as both know the same schema; PostgreSQL as many as there are.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import { openDatabase, schemaOf } from "../store/database.js";
import { guarded } from "../store/faults.js";
import { takeWriterLock } from "../store/lock.js";
import type { PortalDb } from "./db/portal-db.js";
import { openPostgres } from "./db/postgres-open.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "./migrations.js";
import { loadPortalSettings } from "./settings.js";

const isRunning = (dir: string): boolean => {
  try {
    takeWriterLock(dir)();
    return false;
  } catch (thrown) {
    if (thrown instanceof FaultError) return true;
    throw thrown;
  }
};

/** Throws "store.unwritable" where no portal ever ran, or one of another version does. */
export const openBeside = (dir: string): PortalDb => {
  const { database } = loadPortalSettings(dir);
  if (database !== undefined)
    return openPostgres(database, { application: "motcua portal command", present: false });
  const path = join(dir, PORTAL_DATABASE);
  if (!existsSync(path))
    throw new FaultError(
      "store.unwritable",
      `${path}: there is no portal; start it once, or name its folder`,
    );
  return guarded(path, () => {
    // A running portal's database is not moved on under its feet.
    if (isRunning(dir) && schemaOf(path) !== PORTAL_MIGRATIONS.length)
      throw new FaultError(
        "store.unwritable",
        `${path}: the portal that runs is of another version; stop it`,
      );
    return openDatabase(path, PORTAL_MIGRATIONS).db;
  });
};
