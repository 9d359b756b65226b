// How content are people with the result of their application, without anybody knowing who said what?
//
// Once an application: a mark says that it has spoken, a count says how many of a month chose which face, and nothing
// joins them. The mark is a keyed hash (the key is a file, not in the database) in a table without time or order; the
// counts are of whole months and procedures; neither the desk's audit nor the log notes an opinion. What is left is a
// month in which a procedure has few answers: sums below a handful are not shown.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { writeFileDurably } from "../store/durable-file.js";
import type { DownKind } from "../sync/protocol/messages.js";
import type { OpinionAnswer, OpinionResult } from "../sync/protocol/queue.js";
import { decode } from "../sync/protocol/validate.js";
import { localDay } from "./appointments.js";
import type { PortalDb } from "./db/portal-db.js";
import type { Application, Register } from "./register.js";

export const OPINIONS_KEY = "opinions.key";
const KEY_BYTES = 32;
const OTHERS = 0o077;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 8;

/** Made at the first start; a lost one lets each application speak once more. Throws "keys.unusable". */
export const opinionsKey = (dir: string): Buffer => {
  const path = join(dir, OPINIONS_KEY);
  if (!existsSync(path)) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileDurably(dir, OPINIONS_KEY, randomBytes(KEY_BYTES));
  }
  if ((statSync(path).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${path}: others can read it; run chmod 600 on it`);
  const key = readFileSync(path);
  if (key.length !== KEY_BYTES)
    throw new FaultError("keys.unusable", `${path}: is not ${KEY_BYTES} bytes long`);
  return key;
};

export interface OpinionsParts {
  readonly db: PortalDb;
  readonly key: Buffer;
  readonly register: Pick<Register, "byId" | "byLookup">;
  readonly clock: Clock;
}

export class Opinions {
  readonly #parts: OpinionsParts;
  readonly #tokenKey: Buffer;

  constructor(parts: OpinionsParts) {
    this.#parts = parts;
    this.#tokenKey = Buffer.from(hkdfSync("sha256", parts.key, "", "motcua opinion token 1", KEY_BYTES));
  }

  /** For a letter's address: opens the question about one application, and shows nothing of it. */
  token(application: number): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#tokenKey, nonce);
    const id = Buffer.alloc(ID_BYTES);
    id.writeBigUInt64BE(BigInt(application));
    const sealed = Buffer.concat([nonce, cipher.update(id), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString("base64url");
  }

  /** Undefined for a token that this portal never gave. */
  ofToken(token: string): Application | undefined {
    const sealed = Buffer.from(token, "base64url");
    if (sealed.length !== NONCE_BYTES + ID_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#tokenKey, sealed.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const id = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return this.#parts.register.byId(Number(id.readBigUInt64BE()));
    } catch {
      return undefined;
    }
  }

  /** An answer, or a certified copy in the box. */
  hasResult({ id, state }: Application): boolean {
    if (state === "ready" || state === "refused") return true;
    const copy = this.#parts.db.prepare("SELECT 1 AS one FROM copies WHERE application = ? LIMIT 1").get(id);
    return copy !== undefined;
  }

  given({ id }: Application): boolean {
    const found = this.#parts.db
      .prepare("SELECT 1 AS one FROM result_opinions_given WHERE mark = ?")
      .get(this.#mark(id));
    return found !== undefined;
  }

  /** `stars`: 1 … 5. Both rows or neither; of two at once one is counted. */
  give(application: Application | undefined, stars: number): OpinionResult {
    if (application === undefined) return "unknown";
    if (!this.hasResult(application)) return "notYet";
    const { db, clock } = this.#parts;
    const month = localDay(clock.wall().epochMs).slice(0, 7);
    return db
      .transaction((): OpinionResult => {
        const marked = db
          .prepare("INSERT INTO result_opinions_given (mark) VALUES (?) ON CONFLICT (mark) DO NOTHING")
          .run(this.#mark(application.id));
        if (marked.changes === 0) return "already";
        db.prepare(`INSERT INTO result_opinions (month, procedure_code, stars, count) VALUES (?, ?, ?, 1)
          ON CONFLICT (month, procedure_code, stars) DO UPDATE SET count = result_opinions.count + 1`).run(
          ...[month, application.procedureCode, stars],
        );
        return "counted";
      })
      .immediate();
  }

  /** A kiosk's question; what can not be understood is answered by nothing. */
  hear(
    kiosk: string,
    payload: Uint8Array,
    send: (kiosk: string, kind: DownKind, message: object) => void,
  ): void {
    const message = decode("opinion", payload);
    if (!message.ok) return;
    const { id, lookupHash, stars } = message.value;
    const result = this.give(this.#parts.register.byLookup(lookupHash), stars);
    send(kiosk, "opinion", { v: 1, id, result } satisfies OpinionAnswer);
  }

  #mark(application: number): Buffer {
    return createHmac("sha256", this.#parts.key).update(`opinion on application ${application}`).digest();
  }
}
