// Which addresses let people in and out, and the administrator see accounts and audit?
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Accounts } from "../access/accounts.js";
import { hashPassword, LONGEST_PASSWORD, oneTimePassword } from "../access/password.js";
import { HOME, ROLES } from "../access/roles.js";
import { addressOf, whoOf } from "../access/who.js";
import { DeskError } from "../desk-error.js";
import { accountsPage } from "../pages/accounts.js";
import { auditPage } from "../pages/audit.js";
import { loginPage, passwordPage } from "../pages/login.js";
import { type AccessParts, endSession, setSession } from "./access.js";
import { sendPage } from "./guard.js";

export interface AccountParts extends AccessParts {
  readonly accounts: Accounts;
}

const PAGE_SIZE = 200;
const password = z.string().max(LONGEST_PASSWORD);
const loginQuery = z.object({ next: z.string().max(500).default("") });
const loginBody = z.object({ name: z.string().max(100), password, next: z.string().max(500).default("") });
const passwordBody = z.object({ now: password, fresh: password, again: password });
const accountBody = z.object({
  name: z.string().trim().toLowerCase().max(40),
  fullName: z.string().trim().min(1).max(100),
  role: z.enum(ROLES),
});
const nameParams = z.object({ name: z.string().max(40) });
const stateBody = z.object({ state: z.enum(["enabled", "disabled"]) });
const auditQuery = z.object({
  who: z.string().trim().max(60).default(""),
  application: z.union([z.literal(""), z.coerce.number().int().positive()]).default(""),
  page: z.coerce.number().int().nonnegative().max(1_000_000).default(0),
  verify: z.string().max(5).optional(),
});

/** An address of this desk: neither another site's nor one that a browser reads as such. */
const localPath = (next: string): string | null => (/^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : null);

const addComing = (app: FastifyInstance, parts: AccountParts): void => {
  const { login, secure, behindProxy } = parts;
  app.get("/login", async (request, reply) => {
    const { next } = loginQuery.parse(request.query);
    if (request.who !== null) return reply.redirect(localPath(next) ?? HOME[request.who.role], 303);
    return sendPage(reply, loginPage({ next, problem: null }));
  });
  app.post("/login", async (request, reply) => {
    const body = loginBody.parse(request.body);
    try {
      const token = await login.signIn(body.name, body.password, addressOf(request, behindProxy));
      const role = parts.sessions.find(token, true)?.role ?? "officer";
      return setSession(reply, token, secure).redirect(localPath(body.next) ?? HOME[role], 303);
    } catch (thrown) {
      if (!(thrown instanceof DeskError)) throw thrown;
      return sendPage(reply, loginPage({ next: body.next, problem: thrown.sentence }), thrown.status);
    }
  });
  app.post("/logout", async (request, reply) => endSession(request, reply, parts).redirect("/login", 303));
  app.get("/password", async (request, reply) =>
    sendPage(reply, passwordPage({ viewer: whoOf(request), problem: null })),
  );
  app.post("/password", async (request, reply) => {
    const who = whoOf(request);
    try {
      const token = await login.changePassword(who, passwordBody.parse(request.body));
      return setSession(reply, token, secure).redirect(HOME[who.role], 303);
    } catch (thrown) {
      if (!(thrown instanceof DeskError)) throw thrown;
      return sendPage(reply, passwordPage({ viewer: who, problem: thrown.sentence }), thrown.status);
    }
  });
};

const addKeeping = (app: FastifyInstance, parts: AccountParts): void => {
  const { accounts } = parts;
  /** The one time that the password is shown. */
  const showOnce = async (
    reply: FastifyReply,
    view: Pick<Parameters<typeof accountsPage>[0], "viewer">,
    name: string,
    keep: (hash: string) => void,
  ) => {
    const given = oneTimePassword();
    keep(await hashPassword(given));
    return sendPage(
      reply,
      accountsPage({ ...view, accounts: accounts.all(), given: { name, password: given } }),
    );
  };
  app.get("/accounts", async (request, reply) =>
    sendPage(reply, accountsPage({ viewer: whoOf(request), accounts: accounts.all(), given: null })),
  );
  app.post("/accounts", async (request, reply) => {
    const wish = accountBody.parse(request.body);
    return showOnce(reply, { viewer: whoOf(request) }, wish.name, (hash) =>
      accounts.add({ ...wish, password: hash }),
    );
  });
  app.post("/accounts/:name/password", async (request, reply) => {
    const { name } = nameParams.parse(request.params);
    return showOnce(reply, { viewer: whoOf(request) }, name, (hash) =>
      accounts.setPassword(name, hash, true),
    );
  });
  app.post("/accounts/:name/state", async (request, reply) => {
    const { name } = nameParams.parse(request.params);
    if (name === whoOf(request).name)
      throw new DeskError(409, {
        vi: "Không thể khóa chính tài khoản đang dùng",
        en: "Nobody can disable their own account",
      });
    accounts.setDisabled(name, stateBody.parse(request.body).state === "disabled");
    return reply.redirect("/accounts", 303);
  });
};

const addAudit = (app: FastifyInstance, { audit }: AccountParts): void => {
  app.get("/audit", async (request, reply) => {
    const { who, application, page, verify } = auditQuery.parse(request.query);
    const filter = { who: who || null, application: application || null };
    return sendPage(
      reply,
      auditPage({
        ...{ viewer: whoOf(request), filter, page, headHash: audit.headHash() },
        rows: audit.read(filter, PAGE_SIZE, page * PAGE_SIZE),
        more: audit.read(filter, 1, (page + 1) * PAGE_SIZE).length > 0,
        verdict: verify === undefined ? null : audit.verify(),
      }),
    );
  });
};

export const addAccountRoutes = (app: FastifyInstance, parts: AccountParts): void => {
  addComing(app, parts);
  addKeeping(app, parts);
  addAudit(app, parts);
};
