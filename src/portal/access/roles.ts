// Who may call which address of the portal, and what does the audit call it?
//
// The one place. An address that is not in the table can not be registered: the portal does not start with it.

export const ROLES = ["officer", "agency", "operations", "administrator"] as const;
export type Role = (typeof ROLES)[number];

export interface Rule {
  /**
   * "anybody" needs no login, "signedIn" any account; "routeItself" looks at who calls and decides (metrics and
   * notices of payments, which machines read and send).
   */
  readonly to: readonly Role[] | "anybody" | "signedIn" | "routeItself";
  /** Absent: nothing personal is shown and nothing is changed. */
  readonly act?: string;
  /** Fields of the body that go into the audit: words of closed lists, never what somebody wrote freely. */
  readonly detail?: readonly string[];
}

const anybody: Rule = { to: "anybody" };
const signedIn: Rule = { to: "signedIn" };
const sees = (act?: string): Rule => ({ to: ["officer", "agency"], ...(act !== undefined && { act }) });
const only = (role: Role, act?: string, ...detail: readonly string[]): Rule => ({
  to: [role],
  ...(act !== undefined && { act, detail }),
});
/** Sums name nobody. */
const sums: Rule = { to: ["officer", "agency", "administrator"] };
/** Which of the two signs is checked against the role by the route. */
const signs = (act: string): Rule => ({ to: ["officer", "agency"], act, detail: ["signer"] });

export const ROUTES: Readonly<Record<string, Rule>> = {
  // Everybody: what a slip's holder, who was shown a copy, and a load balancer call.
  "GET /lookup": anybody,
  "POST /lookup": anybody,
  "GET /lookup/copies/:ticket": anybody,
  "GET /verify": anybody,
  "POST /verify": anybody,
  "GET /api/lookup": anybody,
  "GET /api/health": anybody,
  "GET /login": anybody,
  "POST /login": anybody,

  // The display in the hall: its address or its token is looked at.
  "GET /board": { to: "routeItself" },
  "GET /board/board.js": { to: "routeItself" },
  "GET /board/events": { to: "routeItself" },
  "GET /board/calls/:ticket/voice.wav": { to: "routeItself" },
  // Who says how content they are is written down nowhere.
  "POST /lookup/opinion": anybody,
  "GET /opinion/:token": anybody,
  "POST /opinion/:token": anybody,

  "POST /logout": { ...signedIn, act: "logout" },
  "GET /password": signedIn,
  "POST /password": { ...signedIn, act: "password.changed" },

  "GET /": sees(),
  "GET /applications/:id": sees("application.read"),
  "GET /applications/:id/pages/:index": sees("page.read"),
  "GET /applications/:id/pages/:index/pictures/:page": sees("picture.read"),
  "POST /applications/:id/decision": only("officer", "application.decided", "action", "appointment"),
  "GET /api/submissions": sees(),
  "POST /api/applications/:id/decision": only("officer", "application.decided", "action", "appointment"),

  "GET /queue": only("officer"),
  "GET /queue/queue.js": only("officer"),
  "POST /queue/counter": only("officer", "queue.counterOpened", "place", "counter"),
  "POST /queue/close": only("officer", "queue.counterClosed", "place"),
  "POST /queue/call": only("officer", "queue.called", "place", "counter", "current"),
  "POST /queue/again": only("officer", "queue.calledAgain", "place", "counter", "current"),
  "POST /queue/served": only("officer", "queue.served", "place", "counter", "current"),
  "POST /queue/absent": only("officer", "queue.absent", "place", "counter", "current"),
  "POST /queue/transfer": only("officer", "queue.transferred", "place", "counter", "current", "service"),
  "POST /queue/rejoin": only("officer", "queue.rejoined", "place", "ticket"),
  "POST /applications/:id/fee/desk": only("officer", "fee.paidAtDesk", "receipt"),
  "POST /applications/:id/fee/desk/undo": only("officer", "fee.deskUndone"),
  "GET /fees": sees("payments.read"),
  "POST /fees/payments/:payment/handled": only("officer", "payment.handled"),
  // A machine without an account: its signature says who it is, and the route writes the audit.
  "POST /api/payments/notices": { to: "routeItself" },
  // As with payments; a token that was made for one message stands in the address.
  "GET /api/sms/reports/:token": { to: "routeItself" },

  "GET /statistics": sums,
  "GET /statistics.csv": sums,
  "GET /statistics/fees.csv": sums,
  "GET /api/statistics": sums,

  "POST /applications/:id/papers/:paper/certification": only(
    "officer",
    "certification.started",
    "registerNumber",
    "book",
  ),
  "POST /certifications/:certification/sign": signs("certification.signed"),
  "POST /certifications/:certification/digest": signs("certification.digestOut"),
  "GET /certifications/:certification/digest.json": sees("certification.digestRead"),
  "POST /certifications/:certification/cms": signs("certification.signatureIn"),
  "POST /certifications/:certification/cancel": only("officer", "certification.cancelled"),
  "GET /copies/:copy/pdf": sees("copy.read"),
  "GET /copies/:copy/pictures/:page": sees("copyPicture.read"),
  "POST /copies/:copy/revocation": only("officer", "copy.revoked"),
  "POST /copies/:copy/deliveries/:delivery": only("officer", "copy.sentAgain"),

  "GET /fleet": only("operations"),
  "GET /fleet/:kiosk": only("operations"),
  "POST /fleet/:kiosk/commands": only("operations", "command.given", "command", "device", "minutes"),
  "GET /api/fleet": only("operations"),
  "GET /api/kiosks/:kiosk/past": only("operations"),
  "GET /api/kiosks/:kiosk/commands": only("operations"),
  "POST /api/kiosks/:kiosk/commands": only("operations", "command.given", "command", "device", "minutes"),
  "GET /metrics": { to: "routeItself" },

  "GET /accounts": only("administrator"),
  "POST /accounts": only("administrator", "account.added", "name", "role"),
  "POST /accounts/:name/password": only("administrator", "account.newPassword"),
  "POST /accounts/:name/state": only("administrator", "account.state", "state"),
  "GET /audit": only("administrator", "audit.read"),
};

/** HEAD is GET without the body. */
export const ruleOf = (method: string, path: string): Rule | undefined =>
  ROUTES[`${method === "HEAD" ? "GET" : method} ${path}`];

/** Where each begins. */
export const HOME: Readonly<Record<Role, string>> = {
  officer: "/",
  agency: "/",
  operations: "/fleet",
  administrator: "/accounts",
};

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  officer: "Công chức",
  agency: "Cơ quan (ký số)",
  operations: "Vận hành",
  administrator: "Quản trị",
};
