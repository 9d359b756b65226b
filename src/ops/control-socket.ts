// How do the console and the doctor talk to a kiosk that is running?
//
// A Unix socket in the state folder, mode 0600, JSON lines: one request, one answer. Only the kiosk's own
// user reaches it; acts go through the supervised devices. The console's acts need a session that the technician's PIN
// opened (technician.ts); what `motcua doctor`, `motcua courier` and `motcua update` ask for does not, and is noted too.

import { createHash } from "node:crypto";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { ConsoleView } from "./console-view.js";
import { Refusal, type RefusalCode } from "./pin.js";
import { type Readiness, type SelfTestWish, TESTED_PARTS, type TestedPart } from "./self-test.js";
import { DEVICE_NAMES, type KioskStatus } from "./status.js";
import type { Technician } from "./technician.js";
import { MOST_GATE_MINUTES } from "./usb-gate.js";

const part = z.enum(TESTED_PARTS as [TestedPart, ...TestedPart[]]);
const pin = z.string().max(64);
const token = z.string().max(64);

const request = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("status") }),
  z.strictObject({ ask: z.literal("console") }),
  z.strictObject({ ask: z.literal("setPin"), name: z.string().max(64), pin, old: pin.nullable() }),
  z.strictObject({ ask: z.literal("unlock"), pin }),
  z.strictObject({ ask: z.literal("setUpBegin"), token: token.nullable(), step: z.string().min(1).max(40) }),
  z.strictObject({
    ask: z.literal("setUpEnd"),
    id: z.int().min(1),
    done: z.boolean(),
    detail: z.string().max(400),
  }),
  z.strictObject({ ask: z.literal("touch"), token }),
  z.strictObject({ ask: z.literal("lock"), token }),
  z.strictObject({
    ask: z.literal("act"),
    token,
    wish: z.discriminatedUnion("act", [
      z.strictObject({ act: z.literal("restart"), device: z.enum(DEVICE_NAMES) }),
      z.strictObject({ act: z.literal("test"), part }),
      z.strictObject({ act: z.literal("requeue"), which: z.union([z.literal("all"), z.int().min(1)]) }),
      z.strictObject({ act: z.literal("usb"), minutes: z.int().min(0).max(MOST_GATE_MINUTES) }),
    ]),
  }),
  z.strictObject({
    ask: z.literal("test"),
    part: part.optional(),
    print: z.boolean().optional(),
    attended: z.boolean().optional(),
  }),
  z.strictObject({
    ask: z.literal("courier"),
    act: z.enum(["export", "acknowledge"]),
    /** Absolute path. */
    stick: z.string().startsWith("/").max(4096),
  }),
  z.strictObject({ ask: z.literal("courierProgress") }),
  z.strictObject({ ask: z.literal("update") }),
  z.strictObject({ ask: z.literal("updateHold"), fraction: z.number().min(0).max(1).nullable() }),
  z.strictObject({ ask: z.literal("updateLetGo") }),
  z.strictObject({ ask: z.literal("updateProof") }),
  /** Absolute path of a bundle whose manifest lies beside it. */
  z.strictObject({ ask: z.literal("updateTake"), bundle: z.string().startsWith("/").max(4096) }),
]);
export type ControlRequest = z.output<typeof request>;

export interface ControlHandlers {
  status(): KioskStatus;
  console(): ConsoleView;
  readonly technician: Technician;
  test(wish: SelfTestWish & { readonly print: boolean }): Promise<Readiness>;
  courier: {
    work(act: "export" | "acknowledge", stick: string): Promise<unknown>;
    progress(): unknown;
  };
  update: UpdateHandlers;
}

/** What `motcua update` asks of the runtime; it changes no slot itself. */
export interface UpdateHandlers {
  status(): unknown;
  /** Throws in one line while a citizen is there. */
  hold(fraction: number | null): void;
  letGo(): void;
  proof(): unknown;
  take(bundle: string): Promise<void>;
}

const MAX_LINE_BYTES = 64 * 1024;
/** Linux limits a socket's path to 107 bytes. */
const MAX_PATH_BYTES = 100;

/** Where the control socket of a state folder is. */
export const controlSocketPath = (stateDir: string): string => {
  const inside = join(stateDir, "control.sock");
  if (Buffer.byteLength(inside) <= MAX_PATH_BYTES) return inside;
  const short = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  return join(tmpdir(), `motcua-${short}.sock`);
};

const answer = async (handlers: ControlHandlers, line: string): Promise<unknown> => {
  const parsed = request.safeParse(JSON.parse(line));
  if (!parsed.success) throw new Error("unknown request");
  switch (parsed.data.ask) {
    case "status":
      return handlers.status();
    case "test": {
      const { part, print, attended } = parsed.data;
      return handlers.test({ part, attended, print: print ?? true });
    }
    case "console":
      return handlers.console();
    case "courier":
      return handlers.courier.work(parsed.data.act, parsed.data.stick);
    case "courierProgress":
      return handlers.courier.progress();
    case "update":
    case "updateHold":
    case "updateLetGo":
    case "updateProof":
    case "updateTake":
      return answerUpdate(handlers.update, parsed.data);
    default:
      return answerTechnician(handlers.technician, parsed.data);
  }
};

type UpdateRequest = Extract<
  ControlRequest,
  { readonly ask: "update" | "updateHold" | "updateLetGo" | "updateProof" | "updateTake" }
>;

const answerUpdate = async (update: UpdateHandlers, asked: UpdateRequest): Promise<unknown> => {
  switch (asked.ask) {
    case "update":
      return update.status();
    case "updateHold":
      update.hold(asked.fraction);
      return {};
    case "updateLetGo":
      update.letGo();
      return {};
    case "updateProof":
      return update.proof();
    case "updateTake":
      await update.take(asked.bundle);
      return {};
  }
};

type TechnicianRequest = Extract<
  ControlRequest,
  { readonly ask: "setPin" | "unlock" | "touch" | "lock" | "act" | "setUpBegin" | "setUpEnd" }
>;

const answerTechnician = async (technician: Technician, asked: TechnicianRequest): Promise<unknown> => {
  switch (asked.ask) {
    case "setPin":
      await technician.setPin(asked.name, asked.pin, asked.old);
      return { holder: asked.name };
    case "unlock":
      return technician.unlock(asked.pin);
    case "setUpBegin":
      return { id: technician.beginSetUp(asked.token, asked.step) };
    case "setUpEnd":
      technician.endSetUp(asked.id, asked.done, asked.detail);
      return {};
    case "touch":
      technician.touch(asked.token);
      return {};
    case "lock":
      technician.lock(asked.token);
      return {};
    case "act":
      return technician.perform(asked.token, asked.wish);
  }
};

interface Reply<T> {
  readonly result?: T;
  readonly error?: string;
  readonly code?: RefusalCode;
  readonly waitSeconds?: number;
}

const failure = (error: unknown): Reply<never> => {
  if (!(error instanceof Refusal)) return { error: error instanceof Error ? error.message : String(error) };
  return { error: error.message, code: error.code, waitSeconds: error.waitSeconds };
};

const thrownOf = ({ error, code, waitSeconds }: Reply<unknown>): Error =>
  code === undefined ? new Error(error) : new Refusal(code, error ?? "", waitSeconds);

const serve = (socket: Socket, handlers: ControlHandlers): void => {
  let buffer = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    buffer += chunk;
    if (buffer.length > MAX_LINE_BYTES) {
      socket.destroy();
      return;
    }
    for (let end = buffer.indexOf("\n"); end >= 0; end = buffer.indexOf("\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 1);
      answer(handlers, line)
        .then((result) => ({ result }))
        .catch(failure)
        .then((reply) => socket.writable && socket.write(`${JSON.stringify(reply)}\n`));
    }
  });
};

export const startControlSocket = async (
  path: string,
  handlers: ControlHandlers,
): Promise<{ close(): Promise<void> }> => {
  // A socket file that nobody listens on is what a power cut leaves.
  if (existsSync(path)) rmSync(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, handlers);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};

/** Does a runtime listen there? (A socket file alone says nothing: a power cut leaves it.) */
export const isKioskRunning = (stateDir: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(controlSocketPath(stateDir));
    const done = (running: boolean): void => {
      socket.destroy();
      resolve(running);
    };
    socket.on("connect", () => done(true));
    socket.on("error", () => done(false));
  });

/** Asks a running kiosk; rejects with one line when none runs there, with `Refusal` when it will not. */
export const askKiosk = <T>(stateDir: string, ask: ControlRequest, timeoutMs = 60_000): Promise<T> =>
  new Promise((resolve, reject) => {
    const path = controlSocketPath(stateDir);
    const socket = connect(path);
    let buffer = "";
    const done = (finish: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      finish();
    };
    const timer = setTimeout(
      () => done(() => reject(new Error(`no answer from the kiosk at ${path}`))),
      timeoutMs,
    );
    socket.setEncoding("utf8");
    socket.on("error", () =>
      done(() => reject(new Error(`no kiosk is running on ${stateDir}; start it with \`npm start\``))),
    );
    socket.on("close", () => done(() => reject(new Error("the kiosk ended before it answered"))));
    socket.on("connect", () => socket.write(`${JSON.stringify(ask)}\n`));
    socket.on("data", (chunk: string) => {
      buffer += chunk;
      const end = buffer.indexOf("\n");
      if (end < 0) return;
      const reply = JSON.parse(buffer.slice(0, end)) as Reply<T>;
      done(() => (reply.error === undefined ? resolve(reply.result as T) : reject(thrownOf(reply))));
    });
  });
