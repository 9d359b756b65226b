// Is each way in which a broker can fail to answer told apart, with what to do about it?
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, rootCertificates } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { addressOf, type Finding, type ReachWish, reach } from "../../src/provision/reach.js";
import { withFolder } from "../store/fixtures.js";
import { openssl, TlsRig } from "../sync/tls-rig.js";

const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const at = (url: string, more: Partial<ReachWish> = {}): Promise<readonly Finding[]> =>
  reach({ url, kioskId: "VH01", authority: null, pair: null, clock, timeoutMs: 20_000, ...more });

const shape = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ stage, verdict }) => `${stage} ${verdict}`);
const remedyOf = (findings: readonly Finding[]): string => findings.at(-1)?.remedy?.en ?? "";

const listening = async (server: Server, act: (port: number) => Promise<void>): Promise<void> => {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  try {
    await act(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
};

test("an address is one of a broker, or it is refused", () => {
  assert.equal(addressOf("mqtts://broker.example"), { host: "broker.example", port: 8883, isTls: true });
  assert.equal(addressOf("mqtt://[::1]:99/"), { host: "::1", port: 99, isTls: false });
  for (const wrong of [
    "broker.example",
    "https://a",
    "mqtts://",
    "mqtts://a:b@c",
    "mqtts://a/x",
    "mqtts://a:99999",
  ])
    assert.is(addressOf(wrong), null, wrong);
});

test("no such name, nobody on the port, and somebody who says nothing are three things", async () => {
  const noName = await at("mqtts://nowhere.invalid");
  assert.match(shape(noName).join(), /^name failed$/);
  const free = createServer();
  let port = 0;
  await listening(free, async (found) => {
    port = found;
  });
  const refused = await at(`mqtts://127.0.0.1:${port}`);
  assert.equal(shape(refused), ["name passed", "tcp failed"]);
  assert.match(remedyOf(refused), /does not listen on this port/);
  await listening(createServer(), async (silent) => {
    const findings = await at(`mqtts://127.0.0.1:${silent}`, { timeoutMs: 400 });
    assert.equal(shape(findings), ["name passed", "tcp passed", "tls failed"]);
    assert.match(remedyOf(findings), /firewall/);
    const plain = await at(`mqtt://127.0.0.1:${silent}`, { timeoutMs: 400 });
    assert.equal(shape(plain), ["name passed", "tcp passed", "mqtt failed"]);
  });
});

test("who does not speak TLS, and who speaks it and no MQTT, are told", () =>
  withFolder(async (dir) => {
    await listening(
      createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      async (port) => {
        const findings = await at(`mqtts://127.0.0.1:${port}`);
        assert.equal(shape(findings), ["name passed", "tcp passed", "tls failed"]);
        assert.match(remedyOf(findings), /does not speak TLS/);
      },
    );
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    openssl(
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "9",
        ...subject,
        "-keyout",
        "a.key",
        "-out",
        "a.crt",
      ],
      dir,
    );
    const [key, cert] = ["a.key", "a.crt"].map((name) => readFileSync(join(dir, name), "utf8"));
    const web = createTlsServer({ key, cert }, (socket) =>
      socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    web.on("tlsClientError", () => {});
    await listening(web, async (port) => {
      const known = await at(`mqtts://localhost:${port}`, { authority: cert ?? null });
      assert.equal(shape(known).slice(0, 3), ["name passed", "tcp passed", "tls passed"]);
      assert.is(known.at(-1)?.stage, "mqtt");
    });
  }));

test("a real broker with the kiosk's certificate answers; without it, or with another authority, it says what is missing", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("VH01");
    const authority = readFileSync(rig.authority, "utf8");
    const pair = kiosk.pairs.get("current");
    const whole = await at(rig.url, { authority, pair });
    assert.equal(shape(whole), ["name passed", "tcp passed", "tls passed", "mqtt passed"]);
    assert.match(whole[2]?.detail ?? "", /TLSv1\.[23].*SHA-256 ([0-9A-F]{2}:){31}/);
    const before = await at(rig.url);
    assert.equal(shape(before), ["name passed", "tcp passed", "tls later"]);
    assert.match(remedyOf(before), /next step/);
    const half = await at(rig.url, { authority });
    assert.equal(shape(half), ["name passed", "tcp passed", "tls passed", "mqtt later"]);
    const foreign = await at(rig.url, {
      authority: rootCertificates.join("\n"),
      pair,
    });
    assert.is(foreign.at(-1)?.verdict, "failed");
    assert.match(remedyOf(foreign), /broker's certificate does not fit/);
    const named = await at(rig.url.replace("localhost", "127.0.0.2"), { authority, pair });
    assert.is(named.at(-1)?.verdict, "failed");
    await rig.revoke("VH01");
    const revoked = await at(rig.url, { authority, pair });
    assert.equal(shape(revoked).at(-1), "mqtt failed");
    assert.match(remedyOf(revoked), /does not take this kiosk's certificate/);
  }));

test.run();
