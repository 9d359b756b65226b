// Does the portal's broker answer, and if not, how far does one come: name, TCP, TLS, MQTT?
//
// Each step is tried by itself, so that each has its own remedy. Names by the resolver that the runtime uses
// (getaddrinfo), TLS 1.2 and up with the kiosk's own certificate where it has one, then a real MQTT 5 CONNECT.
import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock } from "../core/clock.js";
import type { Bilingual } from "../core/faults.js";
import type { Pair } from "../sync/certificates/pairs.js";
import { refusalOf } from "../sync/certificates/refusal.js";
import { Wire } from "../sync/protocol/wire.js";

export const STAGES = ["name", "tcp", "tls", "mqtt"] as const;
export type Stage = (typeof STAGES)[number];

export interface Finding {
  readonly stage: Stage;
  /** "later": it can not be told before the kiosk has its certificates. */
  readonly verdict: "passed" | "failed" | "later";
  readonly detail: string;
  readonly remedy: Bilingual | null;
}

export interface ReachWish {
  /** mqtt://HOST[:PORT] or mqtts://HOST[:PORT]. */
  readonly url: string;
  readonly kioskId: string;
  /** PEM; null: the authorities that every browser knows. */
  readonly authority: string | null;
  readonly pair: Pair | null;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const PORTS = { "mqtt:": 1883, "mqtts:": 8883 } as const;

const REMEDIES = {
  noName: {
    vi: "Không có máy nào tên đó: xem lại địa chỉ cổng, từng chữ một.",
    en: "No machine has that name: look at the portal's address letter by letter.",
  },
  noResolver: {
    vi: "Máy chủ tên (DNS) không trả lời: chưa có mạng, hoặc mạng này chặn. Làm lại bước mạng.",
    en: "The name server (DNS) does not answer: no network yet, or it blocks. Do the network step again.",
  },
  refused: {
    vi: "Máy chủ có đó nhưng không nghe ở cổng này: xem số cổng; broker có chạy không?",
    en: "The machine is there and does not listen on this port: look at the port; does the broker run?",
  },
  unreachable: {
    vi: "Không có đường tới máy chủ: làm lại bước mạng; hỏi nơi quản lý mạng về tường lửa.",
    en: "There is no way to the machine: do the network step again; ask who runs the network about firewalls.",
  },
  silent: {
    vi: "Không ai trả lời: thường là tường lửa chặn cổng này. Hỏi nơi quản lý mạng.",
    en: "Nobody answers: most often a firewall blocks this port. Ask who runs the network.",
  },
  notTls: {
    vi: "Máy chủ không nói TLS ở cổng này: sai cổng, hoặc địa chỉ phải là mqtt:// thay vì mqtts://.",
    en: "The machine does not speak TLS on this port: a wrong port, or the address should be mqtt://.",
  },
  clock: {
    vi: "Đồng hồ của ki-ốt sai: chờ lấy giờ mạng (timedatectl), rồi thử lại.",
    en: "The kiosk's clock is wrong: wait for the time from the network (timedatectl), then try again.",
  },
  untrusted: {
    vi: "Chứng thư của broker không hợp: sai tên, hết hạn, hoặc của cơ quan cấp khác. So dấu vân tay.",
    en: "The broker's certificate does not fit: name, date, or another authority. Compare fingerprints.",
  },
  ownCertificate: {
    vi: "Broker không nhận chứng thư của ki-ốt này: làm lại bước chứng thư.",
    en: "The broker does not take this kiosk's certificate: do the certificate step again.",
  },
  certificatesFirst: {
    vi: "Broker đòi chứng thư của ki-ốt: có ở bước sau, rồi sẽ thử lại.",
    en: "The broker wants the kiosk's certificate: the next step gets it, and this is tried again.",
  },
  notMqtt: {
    vi: "Máy chủ không trả lời như một broker MQTT 5: sai cổng, hay proxy đứng giữa?",
    en: "The machine does not answer like an MQTT 5 broker: a wrong port, or a proxy in between?",
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | null)?.code ?? "");
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

interface Address {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** Null: no broker's address. */
export const addressOf = (url: string): Address | null => {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port, username, pathname } = new URL(url);
  if (protocol !== "mqtt:" && protocol !== "mqtts:") return null;
  if (hostname === "" || username !== "" || !/^\/?$/.test(pathname)) return null;
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: port === "" ? PORTS[protocol] : Number(port), isTls: protocol === "mqtts:" };
};

const passed = (stage: Stage, detail: string): Finding => ({
  stage,
  verdict: "passed",
  detail,
  remedy: null,
});
const failed = (stage: Stage, detail: string, remedy: keyof typeof REMEDIES): Finding => ({
  ...{ stage, verdict: "failed", detail, remedy: REMEDIES[remedy] },
});

const nameFinding = async ({ host }: Address): Promise<Finding> => {
  if (isIP(host) !== 0) return passed("name", host);
  try {
    const found = await lookup(host, { all: true });
    return passed("name", `${host}: ${found.map(({ address }) => address).join(", ")}`);
  } catch (thrown) {
    const remedy = codeOf(thrown) === "EAI_AGAIN" ? "noResolver" : "noName";
    return failed("name", `${host}: ${codeOf(thrown)}`, remedy);
  }
};

const tcpFinding = ({ host, port }: Address, timeoutMs: number): Promise<Finding> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host, port });
    const done = (finding: Finding): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(finding);
    };
    const where = `${host}:${port}`;
    const timer = setTimeout(() => done(failed("tcp", `${where}: ETIMEDOUT`, "silent")), timeoutMs);
    socket.on("connect", () => done(passed("tcp", where)));
    socket.on("error", (thrown: Error & { readonly errors?: readonly unknown[] }) => {
      const code = codeOf(thrown.errors?.at(-1) ?? thrown);
      const remedy = code === "ECONNREFUSED" ? "refused" : code === "ETIMEDOUT" ? "silent" : "unreachable";
      done(failed("tcp", `${where}: ${code}`, remedy));
    });
  });

/** Upper-case SHA-256 in pairs, as `openssl x509 -fingerprint -sha256` prints it. */
export const certificateFingerprint = (pem: string | Buffer): string =>
  new X509Certificate(pem).fingerprint256;

const trustFinding = (stage: Stage, thrown: unknown, { pair, clock }: ReachWish): Finding | null => {
  const refusal = refusalOf(thrown, pair, clock.wall().epochMs);
  if (refusal === null) return null;
  if (refusal.code === "clock.untrusted") return failed(stage, refusal.detail, "clock");
  if (refusal.code === "link.brokerUntrusted") return failed(stage, refusal.detail, "untrusted");
  if (pair !== null) return failed(stage, refusal.detail, "ownCertificate");
  return { stage, verdict: "later", detail: refusal.detail, remedy: REMEDIES.certificatesFirst };
};

const issuerOf = (socket: TLSSocket): string => {
  const { subject, fingerprint256, valid_to: until } = socket.getPeerCertificate(false);
  return `${socket.getProtocol()}, ${String(subject?.CN ?? "?")}, ${until}, SHA-256 ${fingerprint256}`;
};

/** Without an authority yet the broker's certificate is shown, not judged. */
const tlsFinding = (address: Address, wish: ReachWish, timeoutMs: number): Promise<Finding> =>
  new Promise((resolve) => {
    const { host, port } = address;
    const { authority, pair } = wish;
    const socket = connectTls({
      ...{ host, port, minVersion: "TLSv1.2", rejectUnauthorized: false },
      ...(isIP(host) === 0 && { servername: host }),
      ...(authority !== null && { ca: authority }),
      ...(pair !== null && { cert: pair.chainPem, key: pair.keyPem }),
    });
    const done = (finding: Finding): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(finding);
    };
    const timer = setTimeout(() => done(failed("tls", "ETIMEDOUT", "silent")), timeoutMs);
    socket.on("secureConnect", () => {
      const said = issuerOf(socket);
      if (socket.authorized) return done(passed("tls", said));
      const why = socket.authorizationError as unknown;
      const problem = Object.assign(new Error(String(why)), {
        code: why instanceof Error ? codeOf(why) : String(why),
      });
      if (authority === null && pair === null)
        return done({ stage: "tls", verdict: "later", detail: said, remedy: REMEDIES.certificatesFirst });
      done(trustFinding("tls", problem, wish) ?? failed("tls", `${said}: ${problem.code}`, "untrusted"));
    });
    socket.on("error", (thrown) =>
      done(
        trustFinding("tls", thrown, wish) ??
          failed("tls", `${codeOf(thrown)} ${messageOf(thrown)}`.trim(), "notTls"),
      ),
    );
    socket.on("close", () => done(failed("tls", "closed", "notTls")));
  });

const mqttFinding = async (wish: ReachWish, timeoutMs: number): Promise<Finding> => {
  const { url, kioskId, authority, pair, clock } = wish;
  try {
    const wire = await Wire.connect({
      ...{ url, clock, clientId: kioskId, connectTimeoutMs: timeoutMs, publishTimeoutMs: timeoutMs },
      tls: {
        ...(authority !== null && { ca: Buffer.from(authority) }),
        ...(pair !== null && { cert: Buffer.from(pair.chainPem), key: Buffer.from(pair.keyPem) }),
      },
      onMessage: () => {},
    });
    await wire.close();
    return passed("mqtt", `MQTT 5, ${kioskId}`);
  } catch (thrown) {
    const trust = trustFinding("mqtt", thrown, wish);
    if (trust !== null) return trust;
    const isCut = pair === null && url.startsWith("mqtts:");
    if (isCut)
      return {
        stage: "mqtt",
        verdict: "later",
        detail: messageOf(thrown),
        remedy: REMEDIES.certificatesFirst,
      };
    return failed("mqtt", messageOf(thrown), "notMqtt");
  }
};

/** The stages in their order, up to the first that is not passed. Never rejects for a well-formed address. */
export const reach = async (wish: ReachWish): Promise<readonly Finding[]> => {
  const address = addressOf(wish.url);
  if (address === null) throw new Error(`${wish.url} is no broker's address`);
  const timeoutMs = wish.timeoutMs ?? TIMEOUT_MS;
  const tries: readonly (() => Promise<Finding>)[] = [
    () => nameFinding(address),
    () => tcpFinding(address, timeoutMs),
    ...(address.isTls ? [() => tlsFinding(address, wish, timeoutMs)] : []),
    () => mqttFinding(wish, timeoutMs),
  ];
  const findings: Finding[] = [];
  for (const attempt of tries) {
    const finding = await attempt();
    findings.push(finding);
    if (finding.verdict !== "passed") break;
  }
  return findings;
};
