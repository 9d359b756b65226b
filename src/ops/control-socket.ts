// How do the console and the doctor talk to a kiosk that is running?
//
// A Unix socket in the state folder, mode 0600, JSON lines: one request, one answer. Only the kiosk's own
// user reaches it; acts go through the supervised devices.

import { createHash } from "node:crypto";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Readiness, type SelfTestWish, TESTED_PARTS, type TestedPart } from "./self-test.js";
import { DEVICE_NAMES, type KioskStatus } from "./status.js";

const request = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("status") }),
  z.strictObject({ ask: z.literal("restart"), device: z.enum(DEVICE_NAMES) }),
  z.strictObject({
    ask: z.literal("test"),
    part: z.enum(TESTED_PARTS as [TestedPart, ...TestedPart[]]).optional(),
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
]);
export type ControlRequest = z.output<typeof request>;

export interface ControlHandlers {
  status(): KioskStatus;
  restart(device: (typeof DEVICE_NAMES)[number]): Promise<void>;
  test(wish: SelfTestWish & { readonly print: boolean }): Promise<Readiness>;
  courier: {
    work(act: "export" | "acknowledge", stick: string): Promise<unknown>;
    progress(): unknown;
  };
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
    case "restart":
      await handlers.restart(parsed.data.device);
      return { restarted: parsed.data.device };
    case "test": {
      const { part, print, attended } = parsed.data;
      return handlers.test({ part, attended, print: print ?? true });
    }
    case "courier":
      return handlers.courier.work(parsed.data.act, parsed.data.stick);
    case "courierProgress":
      return handlers.courier.progress();
  }
};

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
        .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
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

/** Asks a running kiosk; rejects with one line when none runs there. */
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
    socket.on("connect", () => socket.write(`${JSON.stringify(ask)}\n`));
    socket.on("data", (chunk: string) => {
      buffer += chunk;
      const end = buffer.indexOf("\n");
      if (end < 0) return;
      const reply = JSON.parse(buffer.slice(0, end)) as { result?: T; error?: string };
      done(() => (reply.error === undefined ? resolve(reply.result as T) : reject(new Error(reply.error))));
    });
  });
