// How does `motcua verify` tell a person what a PDF is worth?
import { existsSync, readFileSync, statSync } from "node:fs";
import { loadTrustFolders } from "./documents/trust-folder.js";
import type { TrustPolicy, VerifyReport } from "./documents/verdict.js";
import { verifyPdf } from "./documents/verify.js";

export interface VerifyArguments {
  readonly files: readonly string[];
  readonly trust?: string;
  readonly deviceTrust?: string;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const MAX_FILE_BYTES = 512 * 1024 * 1024;

type Outcome = VerifyReport | { readonly error: string };

const verifyFile = async (file: string, trust: TrustPolicy): Promise<Outcome> => {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return { error: "it is no file; name PDF files" };
    if (stats.size > MAX_FILE_BYTES) return { error: `it is larger than ${MAX_FILE_BYTES / 1_048_576} MB` };
    return await verifyPdf(new Uint8Array(readFileSync(file)), { trust });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "") throw error;
    return { error: code === "ENOENT" ? "there is no such file" : `it can not be read (${code})` };
  }
};

const statementLines = ({ statement }: VerifyReport): readonly string[] => {
  if (statement === null) return [];
  const { registerNumber, book, date, authority, officer } = statement;
  return [
    `  Số ${registerNumber}, quyển ${book}, ${date}, ${authority}; ${officer.name}, ${officer.position}`,
  ];
};

const asText = (file: string, report: VerifyReport): string => {
  const { scan } = report;
  return [
    `${file}: ${report.sentence.vi}`,
    `${file}: ${report.sentence.en}`,
    ...statementLines(report),
    ...(scan === null
      ? []
      : [
          `  Máy ${scan.kiosk}, ${scan.scannedAt}, clock ${scan.clockTrust}, ${scan.pages} pages, ${scan.submission}`,
        ]),
    ...report.signatures.flatMap(({ revision, sentence }) => [
      `  ${revision}. ${sentence.vi}`,
      `     ${sentence.en}`,
    ]),
    ...report.problems.map((problem) => `  ! ${problem}`),
    "",
  ].join("\n");
};

const missingFolder = ({ trust, deviceTrust }: VerifyArguments): string | null => {
  if (trust !== undefined && !existsSync(trust)) return `--trust: there is no folder ${trust}`;
  if (deviceTrust !== undefined && !existsSync(deviceTrust))
    return `--device-trust: there is no folder ${deviceTrust}`;
  return null;
};

/** Exit code: 0 each is a certified copy and all its signatures hold, 1 not so, 2 wrong use. */
export const verifyPdfCommand = async (args: VerifyArguments, io: Io): Promise<number> => {
  const missing = missingFolder(args);
  if (missing !== null) {
    io.stderr.write(`motcua verify: ${missing}\n`);
    return 2;
  }
  const { trust, refused } = loadTrustFolders({
    competent: args.trust ?? null,
    devices: args.deviceTrust ?? null,
  });
  for (const { file, reason } of refused)
    io.stderr.write(`motcua verify: ${file} is neither certificate nor list: ${reason}\n`);
  if (args.trust === undefined)
    io.stderr.write(
      "motcua verify: no --trust folder was given: nobody's signature makes a certified copy\n",
    );
  const outcomes: { readonly file: string; readonly outcome: Outcome }[] = [];
  for (const file of args.files) {
    const outcome = await verifyFile(file, trust);
    outcomes.push({ file, outcome });
    if ("error" in outcome) io.stderr.write(`motcua verify: ${file}: ${outcome.error}\n`);
    else if (!args.json) io.stdout.write(`${asText(file, outcome)}\n`);
  }
  if (args.json) {
    const all = outcomes.map(({ file, outcome }) => ({ file, ...outcome }));
    io.stdout.write(`${JSON.stringify(all.length === 1 ? all[0] : all)}\n`);
  }
  return outcomes.every(({ outcome }) => "holds" in outcome && outcome.holds) ? 0 : 1;
};
