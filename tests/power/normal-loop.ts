// The control: what better-sqlite3 does with a WAL file when nobody asks for more. It must lose rows.
import { writeSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

const STDOUT = 1;
const db = new Database(join(process.argv[2] ?? "", "control.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, value BLOB NOT NULL)");
const insert = db.prepare("INSERT INTO rows (value) VALUES (randomblob(1000))");
writeSync(STDOUT, "ready\n");
for (;;) writeSync(STDOUT, `row ${insert.run().lastInsertRowid}\n`);
