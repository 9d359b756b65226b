// Which addresses show an officer the fees, and take what was paid at the desk?
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { whoOf } from "../access/who.js";
import { DeskError } from "../desk-error.js";
import type { Fees } from "../fees/fees.js";
import { feesPage } from "../pages/fee.js";
import type { Application, Register } from "../register.js";
import { sendPage } from "./guard.js";
import { idParams } from "./officers.js";

export interface FeeParts {
  readonly fees: Fees;
  readonly register: Register;
}

const receiptBody = z.object({ receipt: z.string().trim().max(40) });
const handledBody = z.object({ note: z.string().trim().min(1).max(500) });
const paymentParams = z.object({ payment: z.coerce.number().int().positive() });

export const addFeeRoutes = (app: FastifyInstance, { fees, register }: FeeParts): void => {
  const named = (params: unknown): Application => {
    const application = register.byId(idParams.parse(params).id);
    if (application === undefined)
      throw new DeskError(404, { vi: "Không có hồ sơ này", en: "There is no such application" });
    return application;
  };
  app.get("/fees", async (request, reply) => {
    const view = { toHandle: fees.toHandle(), takesPayments: fees.settings !== null };
    return sendPage(reply, feesPage({ ...view, viewer: whoOf(request) }));
  });
  app.post("/applications/:id/fee/desk", async (request, reply) => {
    const application = named(request.params);
    fees.payAtDesk(application, receiptBody.parse(request.body).receipt, whoOf(request).name);
    return reply.redirect(`/applications/${application.id}`, 303);
  });
  app.post("/applications/:id/fee/desk/undo", async (request, reply) => {
    const application = named(request.params);
    fees.undoDesk(application);
    return reply.redirect(`/applications/${application.id}`, 303);
  });
  app.post("/fees/payments/:payment/handled", async (request, reply) => {
    const { payment } = paymentParams.parse(request.params);
    fees.handle(payment, whoOf(request).name, handledBody.parse(request.body).note);
    return reply.redirect("/fees", 303);
  });
};
