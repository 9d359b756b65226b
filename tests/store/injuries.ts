// What do real disks do to the files of a store?
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Random } from "../../src/ml/samples/random.js";

export interface Victim {
  readonly dir: string;
  /** The same files of another kiosk. */
  readonly foreign: string;
  readonly random: Random;
}

const whole = (random: Random, below: number): number => Math.floor(random.between(0, below));

const flip = (path: string, random: Random, bits: number): void => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (bytes.length === 0) return;
  for (let turn = 0; turn < bits; turn += 1) {
    const at = whole(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << whole(random, 8));
  }
  writeFileSync(path, bytes);
};

const cut = (path: string, random: Random): void => {
  if (existsSync(path)) truncateSync(path, whole(random, readFileSync(path).length));
};

const garbage = (path: string, random: Random): void => {
  const bytes = Buffer.alloc(whole(random, 60_000) + 1);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = whole(random, 256);
  writeFileSync(path, bytes);
};

/** A run of one byte over one page: a sector that came back wrong. */
const blot = (path: string, random: Random): void => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (bytes.length === 0) return;
  const from = whole(random, Math.ceil(bytes.length / 4096)) * 4096;
  bytes.fill(whole(random, 256), from, Math.min(bytes.length, from + 4096));
  writeFileSync(path, bytes);
};

const database = ({ dir }: Victim) => join(dir, "motcua.db");
const log = ({ dir }: Victim) => join(dir, "motcua.db-wal");
const someFile = ({ dir, random }: Victim, pattern: RegExp): string => {
  const names = readdirSync(join(dir, "blobs"))
    .filter((name) => pattern.test(name))
    .sort();
  return join(dir, "blobs", names[whole(random, names.length)] ?? "none");
};
const RECORD = /\.json$/;
const BLOB = /^[0-9a-f]{64}$/;

export const INJURIES: Readonly<Record<string, (victim: Victim) => void>> = {
  "one bit of the database": (victim) => flip(database(victim), victim.random, 1),
  "many bits of the database": (victim) => flip(database(victim), victim.random, 60),
  "a page of the database": (victim) => blot(database(victim), victim.random),
  "the database cut": (victim) => cut(database(victim), victim.random),
  "the database garbage": (victim) => garbage(database(victim), victim.random),
  "the database empty": (victim) => writeFileSync(database(victim), ""),
  "the database gone": (victim) => rmSync(database(victim), { force: true }),
  "the database and its log gone": (victim) => {
    rmSync(database(victim), { force: true });
    rmSync(log(victim), { force: true });
  },
  "another kiosk's database": (victim) => {
    copyFileSync(join(victim.foreign, "motcua.db"), database(victim));
    rmSync(log(victim), { force: true });
  },
  "one bit of the log": (victim) => flip(log(victim), victim.random, 1),
  "many bits of the log": (victim) => flip(log(victim), victim.random, 40),
  "a page of the log": (victim) => blot(log(victim), victim.random),
  "the log's first page": (victim) => {
    const bytes = existsSync(log(victim)) ? readFileSync(log(victim)) : Buffer.alloc(0);
    writeFileSync(log(victim), bytes.fill(0xa5, 0, Math.min(bytes.length, 4096)));
  },
  "the log cut": (victim) => cut(log(victim), victim.random),
  "the log empty": (victim) => writeFileSync(log(victim), ""),
  "the log gone": (victim) => rmSync(log(victim), { force: true }),
  "another kiosk's log": (victim) => copyFileSync(join(victim.foreign, "motcua.db-wal"), log(victim)),
  "the log's index garbage": (victim) => garbage(`${database(victim)}-shm`, victim.random),
  "a record's bits": (victim) => flip(someFile(victim, RECORD), victim.random, 3),
  "a record cut": (victim) => cut(someFile(victim, RECORD), victim.random),
  "a record gone": (victim) => rmSync(someFile(victim, RECORD), { force: true }),
  "a record of another kiosk": (victim) => {
    const name = readdirSync(join(victim.foreign, "blobs")).find((found) => RECORD.test(found)) ?? "";
    copyFileSync(join(victim.foreign, "blobs", name), join(victim.dir, "blobs", name));
  },
  "a document's bits": (victim) => flip(someFile(victim, BLOB), victim.random, 1),
  "a document cut": (victim) => cut(someFile(victim, BLOB), victim.random),
  "a document gone": (victim) => rmSync(someFile(victim, BLOB), { force: true }),
  "the floor garbage": (victim) => garbage(join(victim.dir, "sequence.floor"), victim.random),
  "the names garbage": (victim) => garbage(join(victim.dir, "names"), victim.random),
  "the witness garbage": (victim) => garbage(join(victim.dir, "witness"), victim.random),
  "the identity garbage": (victim) => garbage(join(victim.dir, "store.id"), victim.random),
  "the lock garbage": (victim) => garbage(join(victim.dir, "writer.lock"), victim.random),
};
