// Who gets the page and the visit from the screen server, and what happens when a page falls silent?
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { SystemClock } from "../../src/core/clock.js";
import type { FromPage, ToPage } from "../../src/flows/protocol.js";
import { LARGEST_MESSAGE_BYTES, LONGEST_TEXT, parseFromPage } from "../../src/screen/messages.js";
import type { HeartbeatLoss } from "../../src/screen/page-link.js";
import { SAMPLE_PAPER_TOKEN, viewOf } from "./sample-views.js";
import { openStage, type Stage, sample, until } from "./stage.js";

/** Time that passes when the test says so. */
class HandClock extends SystemClock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  constructor() {
    super({ floorMs: 0, synchronised: () => true });
  }
  override monotonicMs(): number {
    return this.#now;
  }
  override setTimeout(callback: () => void, ms: number): unknown {
    const timer = { at: this.#now + ms, run: callback };
    this.#timers.push(timer);
    return timer;
  }
  override clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = due.at;
      this.clearTimeout(due);
      due.run();
    }
    this.#now = end;
  }
  get waiting(): number {
    return this.#timers.length;
  }
}

const pageToken = async (stage: Stage): Promise<string> => {
  const html = await (await fetch(stage.server.url)).text();
  return /name="page-token" content="([\w-]{32})"/.exec(html)?.[1] ?? "";
};

interface Socket {
  readonly got: ToPage[];
  readonly closed: { code: number | null };
  readonly refusedWith: { status: number | null };
  say(message: FromPage | string): void;
  close(): void;
}

const openSocket = (stage: Stage, token: string, headers: Record<string, string> = {}): Socket => {
  const url = new URL("visit", stage.server.url.replace("http", "ws"));
  const socket = new WebSocket(url, ["motcua", token], {
    headers: { origin: new URL(stage.server.url).origin, ...headers },
  });
  const got: ToPage[] = [];
  const closed: { code: number | null } = { code: null };
  const refusedWith: { status: number | null } = { status: null };
  socket.on("message", (data) => got.push(JSON.parse(String(data)) as ToPage));
  socket.on("close", (code) => {
    closed.code = code;
  });
  socket.on("unexpected-response", (_request, response) => {
    refusedWith.status = response.statusCode ?? 0;
    socket.terminate();
  });
  socket.on("error", () => {});
  return {
    got,
    closed,
    refusedWith,
    say: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    close: () => socket.close(),
  };
};

const states = (stage: Stage): unknown[] =>
  stage.lines.map((line) => (line.fields as { state?: string }).state).filter((state) => state !== undefined);

const withStage = async (body: (stage: Stage) => Promise<void>, more = {}): Promise<void> => {
  const stage = await openStage(more);
  try {
    await body(stage);
  } finally {
    await stage.end();
  }
};

test("the page comes with its policy, a fresh token each time, and is not stored", () =>
  withStage(async (stage) => {
    const answer = await fetch(stage.server.url);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.not.match(policy, /unsafe|https?:|\*|data:/);
    assert.is(answer.headers.get("cache-control"), "no-store");
    assert.is.not(await pageToken(stage), await pageToken(stage));
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(await answer.text())?.[1] ?? "";
    const code = await fetch(new URL(script, stage.server.url));
    assert.is(code.status, 200);
    assert.match(code.headers.get("cache-control") ?? "", /immutable/);
  }));

test("captured papers are served by token, uncached, and to this page alone", () =>
  withStage(async (stage) => {
    const url = new URL(`paper/${SAMPLE_PAPER_TOKEN}`, stage.server.url);
    const answer = await fetch(url);
    assert.is(answer.headers.get("content-type"), "image/jpeg");
    assert.is(answer.headers.get("cache-control"), "no-store");
    assert.equal([...new Uint8Array(await answer.arrayBuffer()).slice(0, 2)], [0xff, 0xd8]);
    assert.is((await fetch(new URL("paper/other", stage.server.url))).status, 404);
    assert.is((await fetch(url, { headers: { "sec-fetch-site": "cross-site" } })).status, 403);
    assert.is((await fetch(new URL("..%2f..%2fpackage.json", stage.server.url))).status, 404);
  }));

test("a foreign Host or Origin is refused, for pages and for sockets", () =>
  withStage(async (stage) => {
    const token = await pageToken(stage);
    const rebound = openSocket(stage, token, { host: "kiosk.example:80" });
    await until("refusal by host", () => rebound.refusedWith.status !== null);
    assert.is(rebound.refusedWith.status, 403);
    const foreign = openSocket(stage, token, { origin: "http://evil.example" });
    await until("refusal by origin", () => foreign.refusedWith.status !== null);
    assert.is(foreign.refusedWith.status, 403);
    const { origin } = new URL(stage.server.url);
    assert.is((await fetch(stage.server.url, { headers: { origin: "http://evil.example" } })).status, 403);
    assert.is((await fetch(stage.server.url, { headers: { origin } })).status, 200);
    assert.is(stage.server.connected, false);
  }));

test("a socket without the page's token is closed before it hears anything", () =>
  withStage(async (stage) => {
    const socket = openSocket(stage, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    await until("closing", () => socket.closed.code !== null);
    assert.is(socket.closed.code, 4401);
    assert.equal(socket.got, []);
  }));

test("the whole view comes at once and after every change; events reach the visit", () =>
  withStage(async (stage) => {
    const socket = openSocket(stage, await pageToken(stage));
    await until("first view", () => socket.got.some((message) => message.type === "view"));
    stage.visit.show(viewOf(sample("language"), "vi", 0));
    stage.visit.show(viewOf(sample("procedure"), "en", 0));
    await until("newest view", () =>
      socket.got.some((message) => message.type === "view" && message.view.screen.name === "procedure"),
    );
    socket.say({ type: "event", event: { type: "CHOOSE_PROCEDURE", code: "2.000815" } });
    await until("event", () => stage.visit.events.length === 1);
    assert.equal(stage.visit.events, [{ type: "CHOOSE_PROCEDURE", code: "2.000815" }]);
    assert.is(stage.server.connected, true);
  }));

test("what is no message is dropped, told once in the log, and without its text", () =>
  withStage(async (stage) => {
    const socket = openSocket(stage, await pageToken(stage));
    await until("connection", () => stage.server.connected);
    socket.say("{");
    socket.say('{"type":"event","event":{"type":"SET_FIELD","key":"name","value":"Bí mật","more":1}}');
    socket.say(JSON.stringify({ type: "event", event: { type: "RATE", stars: 6 } }));
    socket.say({
      type: "event",
      event: { type: "SET_FIELD", key: "a", value: "x".repeat(LONGEST_TEXT + 1) },
    });
    socket.say({ type: "event", event: { type: "WAKE" } });
    await until("the good one", () => stage.visit.events.length > 0);
    assert.equal(stage.visit.events, [{ type: "WAKE" }]);
    assert.is(states(stage).filter((state) => state === "badMessage").length, 1);
    assert.not.match(JSON.stringify(stage.lines), /Bí mật/);
  }));

test("a message beyond the limit ends the socket and nothing else", () =>
  withStage(async (stage) => {
    const socket = openSocket(stage, await pageToken(stage));
    await until("connection", () => stage.server.connected);
    socket.say("x".repeat(LARGEST_MESSAGE_BYTES + 1));
    await until("closing", () => socket.closed.code !== null);
    assert.is(socket.closed.code, 1009);
    assert.is((await fetch(stage.server.url)).status, 200);
  }));

test("any text at all is a message or null", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.anything().map((thing) => JSON.stringify(thing) ?? ""),
      ),
      (text) => {
        const message = parseFromPage(text);
        assert.ok(message === null || message.type === "event" || message.type === "pong");
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a second page takes over and the first is told to close", () =>
  withStage(async (stage) => {
    const first = openSocket(stage, await pageToken(stage));
    await until("first", () => stage.server.connected);
    const second = openSocket(stage, await pageToken(stage));
    await until("takeover", () => first.closed.code !== null && second.got.length > 0);
    assert.is(first.closed.code, 4409);
    stage.visit.show(viewOf(sample("language"), "vi", 0));
    await until("view on the second", () =>
      second.got.some((message) => message.type === "view" && message.view.screen.name === "language"),
    );
    assert.not(
      first.got.some((message) => message.type === "view" && message.view.screen.name === "language"),
    );
  }));

test("the same page may come back with its token; after a takeover it may not", () =>
  withStage(async (stage) => {
    const token = await pageToken(stage);
    const first = openSocket(stage, token);
    await until("first", () => first.got.length > 0);
    first.close();
    await until("gone", () => !stage.server.connected);
    const again = openSocket(stage, token);
    await until("again", () => again.got.length > 0);
    const other = openSocket(stage, await pageToken(stage));
    await until("other", () => other.got.length > 0);
    const late = openSocket(stage, token);
    await until("refused", () => late.closed.code !== null);
    assert.is(late.closed.code, 4401);
  }));

test("a page that stops answering is noticed after ten seconds, once, and again when it is back", async () => {
  const clock = new HandClock();
  await withStage(
    async (stage) => {
      const losses: HeartbeatLoss[] = [];
      stage.server.onHeartbeatLost((loss) => losses.push(loss));
      const socket = openSocket(stage, await pageToken(stage));
      await until("first view", () => socket.got.some((message) => message.type === "view"));
      clock.pass(8_000);
      socket.say({ type: "pong", at: 8_000 });
      socket.say({ type: "event", event: { type: "WAKE" } });
      await until("pong arrived", () => stage.visit.events.length === 1);
      clock.pass(8_000);
      assert.equal(losses, []);
      assert.is(stage.server.connected, true);
      clock.pass(4_000);
      assert.equal(losses, ["frozen"]);
      assert.is(stage.server.connected, false);
      clock.pass(60_000);
      assert.equal(losses, ["frozen"]);
      await until("told to reload", () => socket.got.some((message) => message.type === "reload"));
      socket.say({ type: "pong", at: 0 });
      await until("thawed", () => stage.server.connected);
      assert.ok(states(stage).includes("thawed"));
      socket.close();
      await until("gone", () => !stage.server.connected);
      clock.pass(12_000);
      assert.equal(losses, ["frozen", "gone"]);
    },
    { clock },
  );
  assert.is(clock.waiting, 0, "no timer outlives the server");
});

test("a port in use is one clear line that names the port and the way out", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await openStage({ port });
    assert.unreachable("the port was taken");
  } catch (thrown) {
    const { message } = thrown as Error;
    assert.is(
      message,
      `screen: port ${port} on 127.0.0.1 is in use by another program: stop that one, or choose another port with --port N`,
    );
  } finally {
    other.close();
  }
});

test("closing tells the page, stops watching the visit and frees the port", async () => {
  const stage = await openStage();
  const socket = openSocket(stage, await pageToken(stage));
  await until("connected", () => stage.server.connected);
  assert.is(stage.visit.watchers, 1);
  await stage.end();
  await until("told", () => socket.closed.code !== null);
  assert.is(socket.closed.code, 1001);
  assert.is(stage.visit.watchers, 0);
  const again = await openStage({ port: stage.server.port });
  await again.end();
});

test.run();
