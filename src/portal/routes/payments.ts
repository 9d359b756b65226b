// Where does the bank's gateway tell of a transfer, and what does it hear?
//
// The one route that no account calls: the signature says who it is. The body is taken as bytes, since those are
// signed.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../../core/log.js";
import { addressOf } from "../access/who.js";
import { callProblem, loadSecrets } from "../connector/signed-call.js";
import type { Fees } from "../fees/fees.js";
import { readNotice } from "../fees/notice.js";

export interface PaymentParts {
  readonly fees: Fees;
  readonly behindProxy: boolean;
  readonly nowMs: () => number;
  readonly log: Log;
}

export const NOTICES_PATH = "/api/payments/notices";
const MAX_NOTICE_BYTES = 16 * 1024;
const RETRY_AFTER_S = 60;
/** In the audit. */
const GATEWAY = "gateway:bank";

const hear = (request: FastifyRequest, reply: FastifyReply, { fees, behindProxy, nowMs }: PaymentParts) => {
  const { settings } = fees;
  if (settings === null) return reply.code(404).send({ error: "noPayments" });
  const body = request.body as Buffer;
  const problem = callProblem(
    { method: "POST", path: NOTICES_PATH, body },
    request.headers.authorization,
    loadSecrets(settings.noticeSecretFile),
    nowMs() / 1000,
  );
  if (problem !== null) return reply.code(401).send({ error: problem });
  const notice = readNotice(body, settings);
  if (notice === "badBody") return reply.code(400).send({ error: notice });
  if (notice === "notOurs") return reply.code(422).send({ error: notice });
  const taken = fees.take(notice, { name: GATEWAY, role: "", address: addressOf(request, behindProxy) });
  if (taken.kind === "differs") return reply.code(409).send({ error: "transactionDiffers" });
  return reply.send({ result: taken.result, repeated: taken.repeated });
};

export const addPaymentRoutes = (app: FastifyInstance, parts: PaymentParts): void => {
  app.register(async (scope) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(NOTICES_PATH, { bodyLimit: MAX_NOTICE_BYTES }, async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return reply.code(415).send({ error: "badBody" });
      try {
        return hear(request, reply, parts);
      } catch (thrown) {
        // A full disk, say: the gateway comes again.
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        parts.log("kiosk.error", { where: "payment notice", message });
        return reply.code(503).header("retry-after", String(RETRY_AFTER_S)).send({ error: "tryAgain" });
      }
    });
  });
};
