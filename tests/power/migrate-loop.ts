// A program that migrates a database again and again, one step further each time, and says what it has finished.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { type Migration, openDatabase } from "../../src/store/database.js";

const STDOUT = 1;
const STEPS = 40;
const path = join(process.argv[2] ?? "", "migrated.db");

/** Each step moves all rows into a new table: the heaviest kind. */
const step = (version: number): Migration => ({
  version,
  readableBy: 1,
  sql:
    version === 1
      ? `CREATE TABLE rows_1 (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO rows_1 SELECT i, 'row ' || i || hex(zeroblob(40)) FROM n;`
      : `CREATE TABLE rows_${version} (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
         INSERT INTO rows_${version} SELECT id, value FROM rows_${version - 1};
         DROP TABLE rows_${version - 1};`,
});

writeSync(STDOUT, "ready\n");
for (let known = 1; known <= STEPS; known += 1) {
  const { db } = openDatabase(
    path,
    Array.from({ length: known }, (_, index) => step(index + 1)),
  );
  const found = Number(db.pragma("user_version", { simple: true }));
  db.close();
  writeSync(STDOUT, `version ${found}\n`);
  // What the disk already had is passed over at once.
  known = Math.max(known, found);
}
writeSync(STDOUT, "finished\n");
