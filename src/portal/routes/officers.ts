// Which addresses show an officer the applications, and let them be decided?
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseContent } from "../../sync/protocol/content.js";
import { verifyManifest } from "../../sync/protocol/manifest.js";
import { whoOf } from "../access/who.js";
import type { Enrolment } from "../enrolment.js";
import type { Fees } from "../fees/fees.js";
import { applicationPage } from "../pages/application.js";
import { listPage, notFoundPage } from "../pages/list.js";
import type { PaperViews } from "../paper-views.js";
import { picturesIn } from "../pictures.js";
import { ACTIONS, type Application, type Register } from "../register.js";
import type { Codes } from "../sms/codes.js";
import type { Vault } from "../vault.js";
import { sendPage } from "./guard.js";

export interface OfficerParts {
  readonly register: Register;
  readonly vault: Vault;
  readonly enrolment: Enrolment;
  readonly paperViews: PaperViews;
  readonly fees: Fees;
  readonly codes: Codes;
  readonly announce: (application: Application) => void;
  readonly brokerUp: () => boolean;
}

const PAGE_SIZE = 100;
const SHOWN_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "application/pdf"]);

export const idParams = z.object({ id: z.coerce.number().int().positive() });
const pageParams = idParams.extend({ index: z.coerce.number().int().nonnegative() });
const pictureParams = pageParams.extend({ page: z.coerce.number().int().nonnegative() });
export const decisionBody = z.object({
  action: z.enum(ACTIONS),
  note: z.string().max(2000).default(""),
  appointment: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .or(z.literal("").transform(() => null))
    .nullable()
    .default(null),
});
const listQuery = z.object({ page: z.coerce.number().int().nonnegative().max(100_000).default(0) });

const signatureHolds = ({ register, enrolment, vault }: OfficerParts, application: Application): boolean => {
  const signed = register.signedManifest(application.id);
  const key = enrolment.publicKeyOf(application.kiosk);
  const manifest = signed && key !== undefined ? verifyManifest(signed, key) : undefined;
  return manifest?.submission === application.submission && vault.matches(manifest.documents);
};

const addFiles = (app: FastifyInstance, { register, vault }: OfficerParts): void => {
  app.get("/applications/:id/pages/:index", async (request, reply) => {
    const { id, index } = pageParams.parse(request.params);
    const application = register.byId(id);
    const type = application?.documents[index]?.mediaType;
    const bytes = application && (await vault.read(application, index));
    if (bytes === undefined || type === undefined)
      return sendPage(reply, notFoundPage("Không có trang này", whoOf(request)), 404);
    if (!SHOWN_TYPES.has(type)) reply.header("content-disposition", "attachment");
    return reply.type(SHOWN_TYPES.has(type) ? type : "application/octet-stream").send(Buffer.from(bytes));
  });
  app.get("/applications/:id/pages/:index/pictures/:page", async (request, reply) => {
    const { id, index, page } = pictureParams.parse(request.params);
    const application = register.byId(id);
    const type = application?.documents[index]?.mediaType;
    const bytes = application && (await vault.read(application, index));
    const picture =
      bytes === undefined || type === undefined ? undefined : (await picturesIn(type, bytes))[page];
    if (!picture) return sendPage(reply, notFoundPage("Không có ảnh này", whoOf(request)), 404);
    return reply.type("image/jpeg").send(Buffer.from(picture.jpeg));
  });
};

export const addOfficerRoutes = (app: FastifyInstance, parts: OfficerParts): void => {
  const { register, vault, fees } = parts;
  app.get("/", async (request, reply) => {
    const { page } = listQuery.parse(request.query);
    const applications = register.latest(PAGE_SIZE, page * PAGE_SIZE);
    const view = { applications, fees: fees.ofAll(applications), counts: register.counts() };
    const viewer = whoOf(request);
    return sendPage(reply, listPage({ ...view, brokerUp: parts.brokerUp(), page, viewer }));
  });
  app.get("/applications/:id", async (request, reply) => {
    const { id } = idParams.parse(request.params);
    const application = register.byId(id);
    if (application === undefined)
      return sendPage(reply, notFoundPage("Không có hồ sơ này", whoOf(request)), 404);
    const form = await vault.read(application, 0);
    const content = form && parseContent(form);
    const papers = content === undefined ? [] : await parts.paperViews.of(application, content);
    const sealHolds = signatureHolds(parts, application);
    const found = fees.of(application);
    const fee = found === undefined ? null : { fee: found, payments: fees.payments(found) };
    const phoneProven = content === undefined ? null : parts.codes.isProven(application, content);
    const view = {
      application,
      content,
      papers,
      sealHolds,
      fee,
      phoneProven,
      decisions: register.decisions(id),
    };
    return sendPage(reply, applicationPage({ ...view, viewer: whoOf(request) }));
  });
  addFiles(app, parts);
  app.post("/applications/:id/decision", async (request, reply) => {
    const { id } = idParams.parse(request.params);
    const { action, note, appointment } = decisionBody.parse(request.body);
    parts.announce(register.decide(id, action, { note, appointment, by: whoOf(request).name }));
    return reply.redirect(`/applications/${id}`, 303);
  });
};
