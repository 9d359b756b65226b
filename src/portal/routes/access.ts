// How is each request told who calls, refused what the caller's role may not, and written down?
//
// Written before the route runs: what can not be written down is not shown and not done. When it then fails, a second
// row says so; a row without one is an act that was done, or cut off by a crash.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Audit } from "../access/audit.js";
import type { Login } from "../access/login.js";
import { type Rule, ruleOf } from "../access/roles.js";
import type { Sessions } from "../access/sessions.js";
import { addressOf, type Who, wrongRole } from "../access/who.js";

export interface AccessParts {
  readonly login: Login;
  readonly sessions: Sessions;
  readonly audit: Audit;
  /** The application that a certification or a copy belongs to; null when there is none. */
  readonly applicationOf: (params: Readonly<Record<string, string>>) => number | null;
  /** Callers come through a proxy on this machine, which says their addresses. */
  readonly behindProxy: boolean;
  /** Browsers reach the desk by https only. */
  readonly secure: boolean;
}

const COOKIE = "motcua_session";
const LONGEST_DETAIL = 200;
/** What a page adds that reloads itself. */
export const RELOADED = "auto";

const cookieOf = ({ headers }: FastifyRequest): string | null =>
  (headers.cookie ?? "")
    .split(";")
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1) ?? null;

const bearerOf = ({ headers }: FastifyRequest): string | null =>
  /^Bearer ([\x21-\x7e]{1,200})$/.exec(headers.authorization ?? "")?.[1] ?? null;

const isApi = (path: string): boolean => path.startsWith("/api/") || path === "/metrics";

/** Strict: a link on another site opens the login, and no form of another site carries it. */
export const setSession = (reply: FastifyReply, token: string, secure: boolean): FastifyReply =>
  reply.header(
    "set-cookie",
    `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/${secure ? "; Secure" : ""}`,
  );

export const endSession = (
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, secure }: AccessParts,
): FastifyReply => {
  const token = cookieOf(request);
  if (token !== null) sessions.end(token);
  return reply.header(
    "set-cookie",
    `${COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0${secure ? "; Secure" : ""}`,
  );
};

const identify = (request: FastifyRequest, path: string, parts: AccessParts): Who | null => {
  const address = addressOf(request, parts.behindProxy);
  const bearer = isApi(path) ? bearerOf(request) : null;
  const machine = bearer === null ? null : parts.login.machine(bearer);
  if (machine !== null) {
    const name = `api:${machine.name}`;
    return { name, fullName: name, role: machine.role, mustChange: false, address };
  }
  const token = cookieOf(request);
  const byHand = (request.query as Readonly<Record<string, unknown>>)[RELOADED] === undefined;
  const holder = token === null ? null : parts.sessions.find(token, byHand);
  return holder && { ...holder, address };
};

const write = (request: FastifyRequest, rule: Rule, parts: AccessParts, suffix = "", said = ""): void => {
  const { who, url } = request;
  if (rule.act === undefined || who === null) return;
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const words = (rule.detail ?? []).flatMap((key) =>
    typeof body[key] === "string" || typeof body[key] === "number" ? [`${key}=${body[key]}`] : [],
  );
  parts.audit.write({
    ...{ who: who.name, role: who.role, address: who.address, act: `${rule.act}${suffix}` },
    application: parts.applicationOf(request.params as Readonly<Record<string, string>>),
    subject: url.slice(0, LONGEST_DETAIL),
    detail: (said === "" ? words.join(" ") : said).slice(0, LONGEST_DETAIL),
  });
};

/** True when `who` may; otherwise the answer has been sent. */
const admits = (request: FastifyRequest, reply: FastifyReply, rule: Rule, path: string): boolean => {
  const { who } = request;
  if (rule.to === "anybody" || rule.to === "routeItself") return true;
  if (who === null) {
    if (isApi(path)) void reply.code(401).send({ error: "log in, or show a token" });
    else if (request.method === "GET")
      void reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303);
    else void reply.redirect("/login", 303);
    return false;
  }
  if (who.mustChange && path !== "/password" && path !== "/logout") {
    void (isApi(path)
      ? reply.code(403).send({ error: "the password must be changed first" })
      : reply.redirect("/password", 303));
    return false;
  }
  return rule.to === "signedIn" || rule.to.includes(who.role);
};

export const guardByRole = (app: FastifyInstance, parts: AccessParts): void => {
  app.decorateRequest("who", null);
  app.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat())
      if (ruleOf(each, url) === undefined)
        throw new Error(`${each} ${url} is not in the table of who may call what (access/roles.ts)`);
  });
  app.addHook("onRequest", async (request, reply) => {
    const path = request.routeOptions.url;
    // Nothing is there: the answer is 404 for everybody.
    const rule = path === undefined ? undefined : ruleOf(request.method, path);
    if (path === undefined || rule === undefined) return undefined;
    request.who = identify(request, path, parts);
    if (admits(request, reply, rule, path)) return undefined;
    if (reply.sent) return reply;
    write(request, rule, parts, ".refused", "role");
    if (isApi(path)) return reply.code(403).send({ error: "this role may not" });
    throw wrongRole();
  });
  app.addHook("preHandler", async (request) => {
    const rule = ruleOf(request.method, request.routeOptions.url ?? "");
    if (rule !== undefined) write(request, rule, parts);
  });
  app.addHook("onResponse", async (request, reply) => {
    const rule = ruleOf(request.method, request.routeOptions.url ?? "");
    const { who } = request;
    // Who was refused for the role has a row already.
    const wasRefused = Array.isArray(rule?.to) && who !== null && !rule.to.includes(who.role);
    if (rule !== undefined && reply.statusCode >= 400 && !wasRefused)
      write(request, rule, parts, ".failed", String(reply.statusCode));
  });
};
