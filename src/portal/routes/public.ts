// Which addresses may anybody call?
import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hashLookupCode } from "../../sync/protocol/lookup-code.js";
import { addressOf } from "../access/who.js";
import type { Copies } from "../copies/copies.js";
import type { CopyVault } from "../copies/copy-vault.js";
import { DeskError } from "../desk-error.js";
import type { Opinions } from "../opinions.js";
import { copiesPage, lookupPage, verifyPage } from "../pages/public.js";
import { boundaryOf } from "../public/multipart.js";
import type { PublicLookup } from "../public/public-lookup.js";
import type { VerifyForm } from "../public/verify-form.js";
import type { Application } from "../register.js";
import { sendPage } from "./guard.js";

export interface PublicParts {
  readonly lookup: PublicLookup;
  readonly copies: Copies;
  readonly copyVault: CopyVault;
  readonly verifyForm: VerifyForm;
  readonly opinions: Opinions;
  readonly behindProxy: boolean;
}

export const codeQuery = z.object({ code: z.string().max(64).default("") });
const openBody = z.object({ code: z.string().max(64), number: z.string().max(20) });
const ticketParams = z.object({ ticket: z.string().max(64) });

const addLookup = (app: FastifyInstance, { lookup, copyVault, behindProxy, opinions }: PublicParts): void => {
  const mayRate = (application: Application | undefined): boolean =>
    application !== undefined && opinions.hasResult(application) && !opinions.given(application);
  app.get("/lookup", async (request, reply) => {
    const { code } = codeQuery.parse(request.query);
    const application = code === "" ? undefined : lookup.find(code);
    const readyCopies = application === undefined ? 0 : lookup.readyCopies(code);
    const status = code !== "" && application === undefined ? 404 : 200;
    const fee = application && lookup.feeOf(application);
    return sendPage(
      reply,
      lookupPage({ code, application, fee, readyCopies, mayRate: mayRate(application) }),
      status,
    );
  });
  app.post("/lookup", async (request, reply) => {
    const { code, number } = openBody.parse(request.body);
    const opened = await lookup.open(code, number, addressOf(request, behindProxy));
    if (opened.kind === "unknown")
      return sendPage(
        reply,
        lookupPage({ code, application: undefined, fee: undefined, readyCopies: 0 }),
        404,
      );
    const status = { open: 200, wrongNumber: 403, tooOften: 429 }[opened.kind];
    return sendPage(
      reply,
      copiesPage(code, opened, lookup.feeOf(opened.application), mayRate(opened.application)),
      status,
    );
  });
  app.get("/lookup/copies/:ticket", async (request, reply) => {
    const copy = lookup.redeem(ticketParams.parse(request.params).ticket, addressOf(request, behindProxy));
    if (copy === undefined)
      throw new DeskError(404, {
        vi: "Liên kết đã hết hạn; xin tra cứu lại",
        en: "The link is over; please look up again",
      });
    reply.header(
      "content-disposition",
      `attachment; filename="ban-sao-${copy.statement.date}-${copy.sha256.slice(0, 8)}.pdf"`,
    );
    return reply.type("application/pdf").send(Buffer.from(await copyVault.read(copy.id, "copy", copy)));
  });
};

const addVerify = (app: FastifyInstance, { copies, verifyForm }: PublicParts): void => {
  app.get("/verify", async (request, reply) => {
    const { code } = codeQuery.parse(request.query);
    const found = code === "" ? [] : copies.byLookup(hashLookupCode(code));
    const status = code !== "" && found.length === 0 ? 404 : 200;
    return sendPage(reply, verifyPage({ code, report: null, copies: found, notInRegister: false }), status);
  });
  app.post("/verify", async (request, reply) => {
    const boundary = boundaryOf(request.headers["content-type"]);
    if (boundary === undefined)
      throw new DeskError(415, {
        vi: "Hãy gửi tệp bằng biểu mẫu này",
        en: "Please send the file by this form",
      });
    const { report, sha256 } = await verifyForm.judge(request.body as Readable, boundary);
    const copy = copies.bySha256(sha256);
    const known = copy === undefined ? [] : [copy];
    const notInRegister = copy === undefined && report.verdict !== "unreadable";
    return sendPage(reply, verifyPage({ code: "", report, copies: known, notInRegister }));
  });
};

export const addPublicRoutes = (app: FastifyInstance, parts: PublicParts): void => {
  addLookup(app, parts);
  addVerify(app, parts);
};
