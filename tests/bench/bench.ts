// How fast and how small is it, against whom, in the same run?
import { writeFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { cerOptionsFrom, cerTable, cerText } from "./cer.js";
import { apduRow, chipCpuRow } from "./chip-read.js";
import { enqueueRow } from "./enqueue.js";
import { diskFormRow, diskScanRow, enqueueWorstRow } from "./enqueue-disk.js";
import { faceMedianRow, faceMemoryRow, faceTailRow } from "./face.js";
import { fieldsTable } from "./fields.js";
import { fleetMonthRow, fleetStormRow, fleetTlsRow } from "./fleet/fleet.js";
import { forgeryTable, forgeryText, pageChecksRow } from "./forgeries.js";
import { handwritingPageTable, handwritingTable } from "./handwriting.js";
import { idleRow } from "./idle.js";
import { idleDiskRow, idleKioskRow, idleMemoryRow } from "./idle-kiosk.js";
import { memoryRow } from "./memory.js";
import { ocrCpuRow, ocrRow } from "./ocr.js";
import { paceRow } from "./pace.js";
import { overlapText, pageCpuRow, pageLimitRow, pageRow } from "./page.js";
import { pageWeightRow } from "./page-weight.js";
import { pagesGrowthRow, pagesPeakRow, touchLongestRow, touchTailRow } from "./pages.js";
import { pdfSizeRow, pdfStillRow, pdfTimeRow } from "./pdf.js";
import { pn532BytesRow, pn532TdesBytesRow, pn532TdesTripsRow, pn532TripsRow } from "./pn532-link.js";
import { receiptRow } from "./receipt.js";
import type { BenchRow } from "./row.js";
import { firstPaintRow, touchScreenRow } from "./screen-pace.js";
import { scriptsTable } from "./scripts.js";
import { coldStartRow, startRow } from "./start.js";
import { link4Row, link64Row, syncBytesRow, syncRow } from "./sync.js";

const BENCHES: Readonly<Record<string, () => Promise<BenchRow>>> = {
  enqueue: enqueueRow,
  "enqueue-p99": enqueueWorstRow,
  "disk-form": diskFormRow,
  "disk-scan": diskScanRow,
  sync: syncRow,
  "sync-bytes": syncBytesRow,
  "link-64": link64Row,
  "link-4": link4Row,
  "fleet-storm": fleetStormRow,
  "fleet-tls": fleetTlsRow,
  "fleet-month": fleetMonthRow,
  ocr: ocrRow,
  "ocr-cpu": ocrCpuRow,
  page: pageRow,
  "page-cpu": pageCpuRow,
  "page-limit": pageLimitRow,
  "pages-peak": pagesPeakRow,
  "pages-growth": pagesGrowthRow,
  touch: touchLongestRow,
  "touch-p99": touchTailRow,
  "touch-screen": touchScreenRow,
  "first-paint": firstPaintRow,
  start: startRow,
  "cold-start": coldStartRow,
  "page-weight": pageWeightRow,
  memory: memoryRow,
  "pn532-bytes": pn532BytesRow,
  "pn532-trips": pn532TripsRow,
  "pn532-3des-bytes": pn532TdesBytesRow,
  "pn532-3des-trips": pn532TdesTripsRow,
  pace: paceRow,
  idle: idleRow,
  "idle-kiosk": idleKioskRow,
  "idle-disk": idleDiskRow,
  "idle-memory": idleMemoryRow,
  apdus: apduRow,
  chipCpu: chipCpuRow,
  receipt: receiptRow,
  face: faceMedianRow,
  "face-p95": faceTailRow,
  "face-memory": faceMemoryRow,
  "pdf-size": pdfSizeRow,
  "pdf-time": pdfTimeRow,
  "pdf-still": pdfStillRow,
  "page-checks": pageChecksRow,
};

/** What has more to say than one row; measured only when it is named. */
const TABLES: Readonly<Record<string, () => Promise<string>>> = {
  forgeries: async () => forgeryText(await forgeryTable()),
  cer: async () => cerText(await cerTable(cerOptionsFrom(process.env))),
  fields: () => fieldsTable(process.env),
  handwriting: () => handwritingTable(process.env),
  "handwriting-page": () => handwritingPageTable(process.env),
  scripts: () => scriptsTable(process.env),
  "page-overlap": overlapText,
};

const NAMES = [...Object.keys(BENCHES), ...Object.keys(TABLES)].join(", ");

const cell = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const line = (cells: readonly string[]): string => {
  const widths = [34, 10, 10, 46, 8, 8, 12, 7];
  return cells.map((text, index) => text.padEnd(widths[index] ?? 10)).join(" ");
};

const print = (bench: BenchRow): void => {
  const goal = `${bench.better === "lower" ? "≤" : "≥"} ${bench.goal}`;
  const cells = [
    bench.name,
    cell(bench.ours),
    cell(bench.peer),
    bench.peerName,
    bench.unit,
    String(bench.ratio),
    goal,
    bench.holds ? "holds" : "MISSED",
  ];
  process.stdout.write(`${line(cells)}\n`);
};

const main = async (): Promise<void> => {
  const program = new Command("npm run bench --")
    .description(
      "measures ours against a named peer in the same run; a missed goal is said and is no failure",
    )
    .option("--only <name>", `one of ${NAMES}`)
    .option("--json <file>", "also writes the rows as JSON")
    .addHelpText("after", "\nExample:\n  npm run bench -- --only enqueue --json rows.json\n")
    .exitOverride();
  program.parse();
  const { only, json } = program.opts<{ only?: string; json?: string }>();
  const table = TABLES[only ?? ""];
  if (table !== undefined) {
    process.stdout.write(`${await table()}\n`);
    return;
  }
  const chosen = Object.entries(BENCHES).filter(([name]) => only === undefined || name === only);
  if (chosen.length === 0) {
    process.stderr.write(`bench: no row "${only}"; one of ${NAMES}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`${line(["what", "ours", "peer", "peer's name", "unit", "ratio", "goal", ""])}\n`);
  const rows: BenchRow[] = [];
  for (const [, measure] of chosen) {
    const measured = await measure();
    rows.push(measured);
    print(measured);
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
};

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
