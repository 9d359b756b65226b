// Which addresses does the portal answer, and to whom?
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { FaultError } from "../core/faults.js";
import { parseContent } from "../sync/protocol/content.js";
import { hashLookupCode } from "../sync/protocol/lookup-code.js";
import { verifyManifest } from "../sync/protocol/manifest.js";
import type { Enrolment } from "./enrolment.js";
import type { Fleet } from "./fleet.js";
import { applicationPage, fleetPage, listPage, lookupPage, notFoundPage } from "./pages.js";
import { ACTIONS, type Application, type Register, statusOf } from "./register.js";
import type { Vault } from "./vault.js";

export interface DeskParts {
  readonly register: Register;
  readonly vault: Vault;
  readonly enrolment: Enrolment;
  readonly fleet: Fleet;
  readonly announce: (application: Application) => void;
  readonly brokerUp: () => boolean;
  /** Names by which this desk may be called; a page of another site that points its name here is refused. */
  readonly hostNames: readonly string[];
}

const PAGE_SIZE = 100;
const SHOWN_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "application/pdf"]);
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  // What is personal must not stay in the browser's cache.
  "cache-control": "no-store",
};

const idParams = z.object({ id: z.coerce.number().int().positive() });
const pageParams = idParams.extend({ index: z.coerce.number().int().nonnegative() });
const decisionBody = z.object({
  action: z.enum(ACTIONS),
  note: z.string().max(2000).default(""),
  appointment: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .or(z.literal("").transform(() => null))
    .nullable()
    .default(null),
});
const lookupQuery = z.object({ code: z.string().max(64).default("") });
const listQuery = z.object({ page: z.coerce.number().int().nonnegative().max(100_000).default(0) });

/** Browsers send `Origin` with every POST; without it the caller is no page of ours. */
const isSameOrigin = (request: FastifyRequest): boolean =>
  request.headers.origin !== undefined && request.headers.origin === `http://${request.headers.host}`;

const guard = (app: FastifyInstance, hostNames: readonly string[]): void => {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (!hostNames.includes(request.hostname.replace(/:\d+$/, "")))
      return reply.code(421).send({ error: "this desk is not known by that name" });
    if (request.method !== "GET" && request.method !== "HEAD" && !isSameOrigin(request))
      return reply.code(403).send({ error: "only this desk's own pages may change anything" });
    return undefined;
  });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: "the request has a wrong form" });
    if (error instanceof FaultError) return reply.code(409).send({ error: error.detail });
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    return reply.code(status).send({ error: status < 500 ? String((error as Error).message) : "failed" });
  });
};

const sendPage = (reply: FastifyReply, text: string, code = 200) =>
  reply.code(code).type("text/html; charset=utf-8").send(text);

const summary = (application: Application) => ({
  id: application.id,
  kiosk: application.kiosk,
  submission: application.submission,
  sequence: application.sequence,
  slipNumber: application.slipNumber,
  procedure: application.procedureCode,
  sha256: application.documents.map((document) => document.sha256),
  receipt: application.receiptNumber,
  appointment: application.appointment,
  state: application.state,
  revision: application.revision,
  seenRevision: application.seenRevision,
  takenAtMs: application.takenAtMs,
});

const signatureHolds = ({ register, enrolment, vault }: DeskParts, application: Application): boolean => {
  const signed = register.signedManifest(application.id);
  const key = enrolment.publicKeyOf(application.kiosk);
  const manifest = signed && key !== undefined ? verifyManifest(signed, key) : undefined;
  return manifest?.submission === application.submission && vault.matches(manifest.documents);
};

const addOfficerPages = (app: FastifyInstance, parts: DeskParts): void => {
  const { register, vault } = parts;
  app.get("/", async (request, reply) => {
    const { page } = listQuery.parse(request.query);
    const applications = register.latest(PAGE_SIZE, page * PAGE_SIZE);
    const view = { applications, counts: register.counts(), brokerUp: parts.brokerUp() };
    return sendPage(reply, listPage(view));
  });
  app.get("/applications/:id", async (request, reply) => {
    const { id } = idParams.parse(request.params);
    const application = register.byId(id);
    if (application === undefined) return sendPage(reply, notFoundPage("Không có hồ sơ này"), 404);
    register.noteLook(id, "application");
    const form = await vault.read(application, 0);
    const content = form && parseContent(form);
    const sealHolds = signatureHolds(parts, application);
    const decisions = register.decisions(id);
    return sendPage(reply, applicationPage({ application, content, sealHolds, decisions }));
  });
  app.get("/applications/:id/pages/:index", async (request, reply) => {
    const { id, index } = pageParams.parse(request.params);
    const application = register.byId(id);
    const type = application?.documents[index]?.mediaType;
    const bytes = application && (await vault.read(application, index));
    if (bytes === undefined || type === undefined)
      return sendPage(reply, notFoundPage("Không có trang này"), 404);
    register.noteLook(id, `page ${index}`);
    if (!SHOWN_TYPES.has(type)) reply.header("content-disposition", "attachment");
    return reply.type(SHOWN_TYPES.has(type) ? type : "application/octet-stream").send(Buffer.from(bytes));
  });
  app.post("/applications/:id/decision", async (request, reply) => {
    const { id } = idParams.parse(request.params);
    const { action, note, appointment } = decisionBody.parse(request.body);
    parts.announce(register.decide(id, action, { note, appointment }));
    return reply.redirect(`/applications/${id}`, 303);
  });
  app.get("/fleet", async (_request, reply) =>
    sendPage(reply, fleetPage(parts.fleet.view(parts.enrolment.kiosks()))),
  );
};

const addApi = (app: FastifyInstance, parts: DeskParts): void => {
  const { register } = parts;
  app.get("/api/submissions", async () => register.all().map(summary));
  app.get("/api/fleet", async () => parts.fleet.view(parts.enrolment.kiosks()));
  app.get("/api/health", async () => ({ brokerUp: parts.brokerUp() }));
  app.get("/api/lookup", async (request, reply) => {
    const found = register.byLookup(hashLookupCode(lookupQuery.parse(request.query).code));
    if (found === undefined) return reply.code(404).send({ error: "no application has this code" });
    const { state, appointment } = statusOf(found);
    return { state, appointment };
  });
  app.post("/api/applications/:id/decision", async (request) => {
    const { id } = idParams.parse(request.params);
    const { action, note, appointment } = decisionBody.parse(request.body);
    const application = register.decide(id, action, { note, appointment });
    parts.announce(application);
    return summary(application);
  });
};

export const buildDesk = (parts: DeskParts): FastifyInstance => {
  const app = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  guard(app, parts.hostNames);
  addOfficerPages(app, parts);
  addApi(app, parts);
  app.get("/lookup", async (request, reply) => {
    const { code } = lookupQuery.parse(request.query);
    const found = code === "" ? undefined : parts.register.byLookup(hashLookupCode(code));
    return sendPage(reply, lookupPage(code, found), code !== "" && found === undefined ? 404 : 200);
  });
  return app;
};
