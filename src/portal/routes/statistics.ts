// Which addresses give sums over a time, to look at, to open in a spreadsheet, and for programs?
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { whoOf } from "../access/who.js";
import { localDay } from "../appointments.js";
import { DeskError } from "../desk-error.js";
import { statisticsPage } from "../pages/statistics.js";
import type { Period, Statistics } from "../statistics.js";
import { feesCsv, statisticsCsv } from "../statistics-csv.js";
import { sendPage } from "./guard.js";

export interface StatisticsParts {
  readonly statistics: Statistics;
  readonly nowMs: () => number;
}

const day = z.iso.date().or(z.literal("")).default("");
const query = z.object({ from: day, to: day });

/** Without words the month so far. */
const periodOf = (request: FastifyRequest, nowMs: number): Period => {
  const today = localDay(nowMs);
  const asked = query.safeParse(request.query);
  if (!asked.success)
    throw new DeskError(400, { vi: "Ngày không đúng", en: "A day is written as year-month-day" });
  const from = asked.data.from || `${today.slice(0, 8)}01`;
  const to = asked.data.to || today;
  if (from > to)
    throw new DeskError(400, { vi: "Ngày đầu sau ngày cuối", en: "The first day is after the last" });
  return { from, to };
};

export const addStatisticsRoutes = (app: FastifyInstance, { statistics, nowMs }: StatisticsParts): void => {
  const over = (request: FastifyRequest) => statistics.over(periodOf(request, nowMs()));
  app.get("/statistics", async (request, reply) =>
    sendPage(reply, statisticsPage({ ...over(request), viewer: whoOf(request), today: localDay(nowMs()) })),
  );
  app.get("/statistics.csv", async (request, reply) => {
    const found = over(request);
    const { from, to } = found.period;
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="thong-ke-${from}-${to}.csv"`)
      .send(statisticsCsv(found));
  });
  app.get("/statistics/fees.csv", async (request, reply) => {
    const { fees, period } = over(request);
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="le-phi-${period.from}-${period.to}.csv"`)
      .send(feesCsv(fees));
  });
  app.get("/api/statistics", async (request) => over(request));
};
