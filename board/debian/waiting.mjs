// Does anybody's application still wait in the store of a kiosk that is about to be removed?
//
// Asked by the package's scripts, as the kiosk's own user, while no kiosk runs. Exit code 0: nothing waits. 1: something
// does, or it can not be known; the line on stdout says what. Both books are asked: the database, and the list of names
// that is there when the database is not.
import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { readNames } from "../../dist/src/store/names.js";

const rowsIn = (file) => {
  if (!existsSync(file)) return 0;
  const db = new Database(file, { fileMustExist: true });
  try {
    // Applications keep their manifest until the portal has them; src/store/migrations.ts.
    return Number(db.prepare("SELECT count(*) FROM submissions WHERE manifest IS NOT NULL").pluck().get());
  } finally {
    db.close();
  }
};

const waitingIn = (stateDir) => {
  const store = join(stateDir, "store");
  return existsSync(store) ? Math.max(rowsIn(join(store, "motcua.db")), readNames(store).size) : 0;
};

try {
  const waiting = waitingIn(process.argv[2] ?? "/var/lib/motcua");
  if (waiting > 0) {
    process.stdout.write(
      `${waiting} application${waiting === 1 ? "" : "s"} of citizens that the portal has not confirmed`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  process.stdout.write(`a store that can not be read (${error.message})`);
  process.exitCode = 1;
}
