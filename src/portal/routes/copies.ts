// Which addresses let an officer certify a paper, and look after the copies that came of it?
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { whoOf, wrongRole } from "../access/who.js";
import type { CertificationRows, Signer } from "../certify/certification-rows.js";
import type { Certifier } from "../certify/certifier.js";
import { readCms } from "../certify/read-cms.js";
import type { Signers } from "../certify/signers.js";
import type { Copies, Copy } from "../copies/copies.js";
import type { CopyVault } from "../copies/copy-vault.js";
import type { DeliveryRows } from "../deliver/delivery-rows.js";
import { DeskError } from "../desk-error.js";
import { picturesIn } from "../pictures.js";
import { boundaryOf } from "../public/multipart.js";

export interface CopyParts {
  readonly rows: CertificationRows;
  readonly certifier: Certifier;
  readonly signers: Signers;
  readonly copies: Copies;
  readonly copyVault: CopyVault;
  readonly deliveries: DeliveryRows;
  /** Something waits to be sent. */
  readonly kick: () => void;
  /** Marks it revoked and puts what others must be told in line. */
  readonly revoke: (copy: Copy, reason: string) => void;
}

const uuid = z.uuid();
const words = (max: number) => z.string().trim().min(1).max(max);
const paperParams = z.object({
  id: z.coerce.number().int().positive(),
  paper: z.coerce.number().int().nonnegative(),
});
const certificationParams = z.object({ certification: uuid });
const copyParams = z.object({ copy: uuid });
const statementBody = z.object({
  registerNumber: words(40),
  book: words(40),
  date: z.iso.date(),
  officerPosition: words(100),
  authority: words(200),
});
const signer = z.enum(["officer", "agency"]);
const signBody = z.object({ signer, pin: z.string().max(64).default("") });
const reasonBody = z.object({ reason: words(300) });

const notFound = (): DeskError =>
  new DeskError(404, { vi: "Không có bản sao này", en: "There is no such copy" });

const copyOf = ({ copies }: CopyParts, params: unknown): Copy => {
  const found = copies.byId(copyParams.parse(params).copy);
  if (found === undefined) throw notFound();
  return found;
};

/**
 * Nobody signs for the other, and an officer only what stands in their own name. The account's name; throws
 * `DeskError`.
 */
const signerOf = (request: FastifyRequest, wanted: Signer, startedBy: string): string => {
  const { role, name } = whoOf(request);
  if (role !== wanted) throw wrongRole();
  if (wanted === "officer" && startedBy !== "" && startedBy !== name)
    throw new DeskError(403, {
      vi: "Lần chứng thực này đứng tên công chức khác; hãy hủy và bắt đầu lại",
      en: "This certification is in another officer's name; cancel it and begin anew",
    });
  return name;
};

const addCertifying = (app: FastifyInstance, parts: CopyParts): void => {
  const { certifier, rows, signers } = parts;
  const back = (reply: FastifyReply, certification: string) =>
    reply.redirect(`/applications/${rows.get(certification).application}`, 303);
  app.post("/applications/:id/papers/:paper/certification", async (request, reply) => {
    const { id, paper } = paperParams.parse(request.params);
    const { officerPosition, ...statement } = statementBody.parse(request.body);
    const { fullName, name: by } = whoOf(request);
    const officer = { name: fullName, position: officerPosition };
    await certifier.start({ application: id, paper, by }, { ...statement, officer });
    return reply.redirect(`/applications/${id}`, 303);
  });
  app.post("/certifications/:certification/sign", async (request, reply) => {
    const { certification } = certificationParams.parse(request.params);
    const body = signBody.parse(request.body);
    const act = { signer: body.signer, by: signerOf(request, body.signer, rows.startedBy(certification)) };
    await signers.withKey(body.signer, body.pin, (key) => certifier.sign(certification, act, key));
    parts.kick();
    return back(reply, certification);
  });
  app.post("/certifications/:certification/digest", async (request, reply) => {
    const { certification } = certificationParams.parse(request.params);
    const { signer: wanted } = signBody.parse(request.body);
    await certifier.defer(certification, {
      signer: wanted,
      by: signerOf(request, wanted, rows.startedBy(certification)),
    });
    return back(reply, certification);
  });
  app.get("/certifications/:certification/digest.json", async (request, reply) => {
    const { certification } = certificationParams.parse(request.params);
    const { pending, statement } = rows.get(certification);
    if (pending === null || pending.untilMs <= rows.now())
      throw new DeskError(404, {
        vi: "Không có mã băm nào đang chờ",
        en: "No digest is awaiting a signature",
      });
    reply.header("content-disposition", `attachment; filename="digest-${certification}.json"`);
    return {
      certification,
      signer: pending.signer,
      algorithm: "SHA-256",
      digest: pending.digest,
      until: new Date(pending.untilMs).toISOString(),
      registerNumber: statement.registerNumber,
      book: statement.book,
    };
  });
  app.post("/certifications/:certification/cms", async (request, reply) => {
    const { certification } = certificationParams.parse(request.params);
    const { pending } = rows.get(certification);
    const by =
      pending === null
        ? whoOf(request).name
        : signerOf(request, pending.signer, rows.startedBy(certification));
    const cms = await readCms(request.body as Readable, boundaryOf(request.headers["content-type"]));
    await certifier.finish(certification, cms, { by });
    parts.kick();
    return back(reply, certification);
  });
  app.post("/certifications/:certification/cancel", async (request, reply) => {
    const { certification } = certificationParams.parse(request.params);
    certifier.cancel(certification, { by: whoOf(request).name });
    return back(reply, certification);
  });
};

const addKeeping = (app: FastifyInstance, parts: CopyParts): void => {
  const { copyVault, deliveries } = parts;
  app.get("/copies/:copy/pdf", async (request, reply) => {
    const copy = copyOf(parts, request.params);
    return reply.type("application/pdf").send(Buffer.from(await copyVault.read(copy.id, "copy", copy)));
  });
  app.get("/copies/:copy/pictures/:page", async (request, reply) => {
    const copy = copyOf(parts, request.params);
    const { page } = z.object({ page: z.coerce.number().int().nonnegative() }).parse(request.params);
    const pictures = await picturesIn("application/pdf", await copyVault.read(copy.id, "copy", copy));
    const picture = pictures[page];
    if (!picture) throw notFound();
    return reply.type("image/jpeg").send(Buffer.from(picture.jpeg));
  });
  app.post("/copies/:copy/revocation", async (request, reply) => {
    const copy = copyOf(parts, request.params);
    parts.revoke(copy, reasonBody.parse(request.body).reason);
    parts.kick();
    return reply.redirect(`/applications/${copy.application}`, 303);
  });
  app.post("/copies/:copy/deliveries/:delivery", async (request, reply) => {
    const copy = copyOf(parts, request.params);
    const { delivery } = z.object({ delivery: z.coerce.number().int().positive() }).parse(request.params);
    if (!deliveries.again(copy.id, delivery)) throw notFound();
    parts.kick();
    return reply.redirect(`/applications/${copy.application}`, 303);
  });
};

export const addCopyRoutes = (app: FastifyInstance, parts: CopyParts): void => {
  addCertifying(app, parts);
  addKeeping(app, parts);
};
