// Who may call the desk at all, and how is a refusal said?
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { FaultError } from "../../core/faults.js";
import { HOME } from "../access/roles.js";
import { DeskError } from "../desk-error.js";
import { noticePage } from "../pages/layout.js";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  // What is personal must not stay in the browser's cache.
  "cache-control": "no-store",
};

export const FORM = "application/x-www-form-urlencoded";
export const FORM_WITH_FILE = "multipart/form-data";

export const sendPage = (reply: FastifyReply, text: string, code = 200) =>
  reply.code(code).type("text/html; charset=utf-8").send(text);

/** Browsers send `Origin` with every POST; without it the caller is no page of ours. Behind a proxy it is https. */
const isSameOrigin = ({ headers }: FastifyRequest): boolean =>
  headers.origin === `http://${headers.host}` || headers.origin === `https://${headers.host}`;

/** A token is sent by no browser on its own: without a cookie there is nothing that a foreign page could use. */
const isMachine = ({ headers, url }: FastifyRequest): boolean =>
  headers.authorization !== undefined && headers.cookie === undefined && url.startsWith("/api/");

const isForm = ({ headers }: FastifyRequest): boolean => {
  const type = headers["content-type"] ?? "";
  return type.startsWith(FORM) || type.startsWith(FORM_WITH_FILE);
};

/** A name that stands several times (boxes that are ticked) is a list. */
const fieldsOf = (body: string): Readonly<Record<string, string | string[]>> => {
  const fields = new URLSearchParams(body);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
};

const PUBLIC = /^\/(lookup|verify|opinion|board)\b/;

const sendRefusal = (request: FastifyRequest, reply: FastifyReply, { status, sentence }: DeskError) => {
  const path = request.url.split("?")[0] ?? "/";
  const viewer = PUBLIC.test(path) ? null : request.who;
  const back = path.startsWith("/verify") ? "/verify" : viewer === null ? "/lookup" : HOME[viewer.role];
  const frame = { title: "Không thực hiện được", here: "", viewer };
  return sendPage(reply, noticePage(frame, sentence, back), status);
};

export const guard = (app: FastifyInstance, hostNames: readonly string[]): void => {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (!hostNames.includes(request.hostname.replace(/:\d+$/, "")))
      return reply.code(421).send({ error: "this desk is not known by that name" });
    if (
      request.method !== "GET" &&
      request.method !== "HEAD" &&
      !isSameOrigin(request) &&
      !isMachine(request)
    )
      return reply.code(403).send({ error: "only this desk's own pages may change anything" });
    return undefined;
  });
  app.addContentTypeParser(FORM, { parseAs: "string" }, (_request, body, done) =>
    done(null, fieldsOf(String(body))),
  );
  // As a stream: whoever takes a file says how much of it.
  app.addContentTypeParser(FORM_WITH_FILE, (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: "the request has a wrong form" });
    if (error instanceof DeskError) return sendRefusal(request, reply, error);
    if (error instanceof FaultError) {
      if (!isForm(request)) return reply.code(409).send({ error: error.detail });
      const sentence = { vi: `Không thực hiện được: ${error.detail}`, en: `It failed: ${error.detail}` };
      return sendRefusal(request, reply, new DeskError(409, sentence));
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    return reply.code(status).send({ error: status < 500 ? String((error as Error).message) : "failed" });
  });
};
