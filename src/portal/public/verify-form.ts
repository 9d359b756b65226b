// How is a file judged that anybody may upload, without trusting it with the portal's memory?
//
// The body of the request streams into a process of its own with a small heap and a time limit; the portal itself
// never holds it. What kills that process (a bomb, a bug in a parser) costs one answer.
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { VerifyReport } from "../../documents/verdict.js";
import { DeskError } from "../desk-error.js";

export interface VerifyAnswer {
  readonly report: VerifyReport;
  /** Lower-case hex of the uploaded file. */
  readonly sha256: string;
}

const WORKER = fileURLToPath(new URL("./verify-worker.js", import.meta.url));
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;
const HEAP_MB = 512;
const LIMIT_MS = 60_000;
/** Two cores' worth; a third waits for nobody and is told to come again. */
const MAX_AT_ONCE = 2;
const MAX_ANSWER_BYTES = 1024 * 1024;

const answerShape = z.union([
  z.object({ sha256: z.string(), report: z.custom<VerifyReport>((value) => typeof value === "object") }),
  z.object({ problem: z.literal("noFile") }),
]);

const refusals = {
  busy: new DeskError(503, {
    vi: "Đang kiểm tra các tệp khác; xin thử lại sau một phút",
    en: "Other files are being checked; please try again in a minute",
  }),
  tooLarge: new DeskError(413, { vi: "Tệp lớn quá 64 MB", en: "The file is larger than 64 MB" }),
  noFile: new DeskError(400, { vi: "Chưa chọn tệp", en: "No file was chosen" }),
  failed: new DeskError(422, {
    vi: "Không đọc được tệp này trong giới hạn cho phép",
    en: "This file could not be read within the limits",
  }),
};

export class VerifyForm {
  readonly #portalDir: string;
  #running = 0;

  /** Trust is read from the portal's folder, by the process that judges. */
  constructor(portalDir: string) {
    this.#portalDir = portalDir;
  }

  /** Throws `DeskError`. */
  async judge(body: Readable, boundary: string): Promise<VerifyAnswer> {
    if (this.#running >= MAX_AT_ONCE) {
      body.resume();
      throw refusals.busy;
    }
    this.#running += 1;
    try {
      return await this.#inProcess(body, boundary);
    } finally {
      this.#running -= 1;
    }
  }

  async #inProcess(body: Readable, boundary: string): Promise<VerifyAnswer> {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, WORKER, this.#portalDir, boundary],
      { stdio: ["pipe", "pipe", "ignore"] },
    );
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    let tooLarge = false;
    let length = 0;
    body.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_UPLOAD_BYTES) return;
      tooLarge = true;
      child.kill("SIGKILL");
    });
    // The process may end before it has read everything, and the sender may go away.
    child.stdin.on("error", () => body.resume());
    body.once("error", () => child.kill("SIGKILL"));
    body.pipe(child.stdin);
    const chunks: Buffer[] = [];
    let answered = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      answered += chunk.length;
      if (answered <= MAX_ANSWER_BYTES) chunks.push(chunk);
    });
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    }).finally(() => clearTimeout(timer));
    if (tooLarge) throw refusals.tooLarge;
    return this.#read(Buffer.concat(chunks).toString("utf8"));
  }

  #read(text: string): VerifyAnswer {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw refusals.failed;
    }
    const answer = answerShape.parse(json);
    if ("problem" in answer) throw refusals.noFile;
    return answer;
  }
}
