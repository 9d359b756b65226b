// Which addresses take what somebody thinks of a result?
//
// No row of the audit and no line of the log is written for them: it would join what is kept apart.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hashLookupCode } from "../../sync/protocol/lookup-code.js";
import type { OpinionResult } from "../../sync/protocol/queue.js";
import type { Opinions } from "../opinions.js";
import { opinionPage, opinionSaidPage } from "../pages/opinion.js";
import type { Register } from "../register.js";
import { sendPage } from "./guard.js";

export interface OpinionParts {
  readonly opinions: Opinions;
  readonly register: Register;
}

const stars = z.coerce.number().int().min(1).max(5);
const tokenParams = z.object({ token: z.string().max(80) });
const codeBody = z.object({ code: z.string().max(64), stars });

const STATUS: Readonly<Record<OpinionResult, number>> = {
  counted: 200,
  already: 200,
  notYet: 409,
  unknown: 404,
};

export const addOpinionRoutes = (app: FastifyInstance, { opinions, register }: OpinionParts): void => {
  app.post("/lookup/opinion", async (request, reply) => {
    const given = codeBody.parse(request.body);
    const result = opinions.give(register.byLookup(hashLookupCode(given.code)), given.stars);
    return sendPage(reply, opinionSaidPage(result), STATUS[result]);
  });
  // A mail program that looks at addresses ahead of people must not answer for them: the answer is a form's.
  app.get("/opinion/:token", async (request, reply) => {
    const { token } = tokenParams.parse(request.params);
    const application = opinions.ofToken(token);
    if (application === undefined) return sendPage(reply, opinionSaidPage("unknown"), 404);
    if (!opinions.hasResult(application)) return sendPage(reply, opinionSaidPage("notYet"), 409);
    if (opinions.given(application)) return sendPage(reply, opinionSaidPage("already"));
    return sendPage(reply, opinionPage(`/opinion/${encodeURIComponent(token)}`));
  });
  app.post("/opinion/:token", async (request, reply) => {
    const { token } = tokenParams.parse(request.params);
    const given = z.object({ stars }).parse(request.body);
    const result = opinions.give(opinions.ofToken(token), given.stars);
    return sendPage(reply, opinionSaidPage(result), STATUS[result]);
  });
};
