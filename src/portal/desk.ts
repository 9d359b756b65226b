// Which addresses does the portal answer, and to whom?
import fastify, { type FastifyInstance } from "fastify";
import { hashLookupCode } from "../sync/protocol/lookup-code.js";
import { whoOf } from "./access/who.js";
import { type Application, statusOf } from "./register.js";
import { guardByRole } from "./routes/access.js";
import { type AccountParts, addAccountRoutes } from "./routes/accounts.js";
import { addBoardRoutes, type BoardParts } from "./routes/board.js";
import { addCopyRoutes, type CopyParts } from "./routes/copies.js";
import { addFeeRoutes, type FeeParts } from "./routes/fees.js";
import { addFleetRoutes, type FleetParts } from "./routes/fleet.js";
import { guard } from "./routes/guard.js";
import { addOfficerRoutes, decisionBody, idParams, type OfficerParts } from "./routes/officers.js";
import { addOpinionRoutes, type OpinionParts } from "./routes/opinions.js";
import { addPaymentRoutes, type PaymentParts } from "./routes/payments.js";
import { addPublicRoutes, codeQuery, type PublicParts } from "./routes/public.js";
import { addQueueRoutes, type QueueDeskParts } from "./routes/queue.js";
import { addSmsRoutes, type SmsParts } from "./routes/sms.js";
import { addStatisticsRoutes, type StatisticsParts } from "./routes/statistics.js";

export interface DeskParts
  extends OfficerParts,
    CopyParts,
    PublicParts,
    FleetParts,
    AccountParts,
    QueueDeskParts,
    BoardParts,
    OpinionParts,
    FeeParts,
    PaymentParts,
    SmsParts,
    StatisticsParts {
  /** Names by which this desk may be called; a page of another site that points its name here is refused. */
  readonly hostNames: readonly string[];
}

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

const addApi = (app: FastifyInstance, parts: DeskParts): void => {
  const { register } = parts;
  app.get("/api/submissions", async () => register.all().map(summary));
  app.get("/api/health", async () => ({ brokerUp: parts.brokerUp() }));
  app.get("/api/lookup", async (request, reply) => {
    const found = register.byLookup(hashLookupCode(codeQuery.parse(request.query).code));
    if (found === undefined) return reply.code(404).send({ error: "no application has this code" });
    const { state, appointment } = statusOf(found);
    return { state, appointment };
  });
  app.post("/api/applications/:id/decision", async (request) => {
    const { id } = idParams.parse(request.params);
    const { action, note, appointment } = decisionBody.parse(request.body);
    const application = register.decide(id, action, { note, appointment, by: whoOf(request).name });
    parts.announce(application);
    return summary(application);
  });
};

export const buildDesk = (parts: DeskParts): FastifyInstance => {
  const app = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  guard(app, parts.hostNames);
  guardByRole(app, parts);
  addAccountRoutes(app, parts);
  addOfficerRoutes(app, parts);
  addFleetRoutes(app, parts);
  addStatisticsRoutes(app, parts);
  addQueueRoutes(app, parts);
  addBoardRoutes(app, parts);
  addOpinionRoutes(app, parts);
  addCopyRoutes(app, parts);
  addFeeRoutes(app, parts);
  addPaymentRoutes(app, parts);
  addSmsRoutes(app, parts);
  addApi(app, parts);
  addPublicRoutes(app, parts);
  return app;
};
