// Where does the SMS gateway report what became of a message?
//
// No account: the address holds a token that was made for this one message. It tells nothing and changes one word.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Codes } from "../sms/codes.js";
import { REPORTS_PATH } from "../sms/gateway.js";

export interface SmsParts {
  readonly codes: Codes;
}

const params = z.object({ token: z.string().regex(/^[0-9a-f]{32}$/) });
const query = z.object({ type: z.coerce.number().int() });

export const addSmsRoutes = (app: FastifyInstance, { codes }: SmsParts): void => {
  app.get(`${REPORTS_PATH}/:token`, async (request, reply) => {
    const named = params.safeParse(request.params);
    const said = query.safeParse(request.query);
    if (!named.success) return reply.code(404).send({ error: "unknownToken" });
    if (!said.success) return reply.code(400).send({ error: "badType" });
    const result = codes.report(named.data.token, said.data.type);
    if (result === "kept") return reply.send({ result });
    return reply.code(result === "badType" ? 400 : 404).send({ error: result });
  });
};
