// Is this PDF a certified copy, a kiosk's scan, or something that was tampered with, and why?
//
// Works offline and on anything: a stranger's bytes end in a report, never in an exception, a loop or unbounded
// memory. Nothing is repaired and nothing is believed that is not covered by a signature.
import { PdfFile } from "./pdf/file.js";
import { PdfSyntaxError } from "./pdf/syntax.js";
import type { SignatureReport, Verdict, VerifyOptions, VerifyReport } from "./verdict.js";
import { forbiddenChanges, scanOf, shownStatement, showsAnyStatement } from "./verify/changes.js";
import { type FoundSignature, findSignatures } from "./verify/find-signatures.js";
import {
  type Believed,
  believe,
  judgeSigner,
  type Opened,
  openSignature,
  openTimestamp,
  signerOf,
} from "./verify/judge-signature.js";
import { signatureSentence, verdictSentence } from "./verify/sentences.js";

const MAX_BYTES = 512 * 1024 * 1024;

const answer = (
  verdict: Verdict,
  problems: readonly string[],
  rest: Partial<VerifyReport> = {},
): VerifyReport => ({
  verdict,
  holds: false,
  sentence: verdictSentence(verdict),
  signatures: [],
  scan: null,
  statement: null,
  problems,
  ...rest,
});

/** What each signature's revision changed, against the one before it. */
const changesOf = (found: readonly FoundSignature[]): readonly (readonly string[])[] =>
  found.map(({ revision }, index) => {
    const before = found[index - 1]?.revision ?? null;
    return revision === null || before === null ? [] : forbiddenChanges(before, revision);
  });

/** Whatever a later token that is believed covers existed by then. */
const provenTimes = (opened: readonly Opened[]): readonly (number | null)[] => {
  let earliest: number | null = null;
  const times: (number | null)[] = [];
  for (const { integrity, stampedAtMs } of [...opened].reverse()) {
    if (integrity === "intact" && stampedAtMs !== null)
      earliest = Math.min(earliest ?? stampedAtMs, stampedAtMs);
    times.unshift(earliest);
  }
  return times;
};

interface Judging {
  readonly believed: Believed;
  readonly atMs: number;
  readonly changes: readonly (readonly string[])[];
  readonly times: readonly (number | null)[];
}

const reportOf = (
  opened: Opened,
  index: number,
  previous: Opened | undefined,
  judging: Judging,
): SignatureReport => {
  const { found, integrity, level } = opened;
  const provenAtMs = judging.times[index] ?? null;
  const isTimestamp = opened.cms === null && opened.stampedAtMs !== null;
  const had = previous?.found.revision ?? null;
  const addsStatement =
    found.revision !== null &&
    shownStatement(found.revision) !== null &&
    (had === null || shownStatement(had) === null);
  const judged = isTimestamp
    ? ({ role: "timestamp", certificate: "trusted", revocation: "notChecked" } as const)
    : judgeSigner(opened, judging.believed, provenAtMs ?? judging.atMs, addsStatement);
  const facts = {
    field: found.field,
    revision: index + 1,
    signer: signerOf(opened),
    claimedAtMs: found.claimedAtMs,
    provenAtMs,
    timeProof: provenAtMs === null ? "none" : "timestamp",
    integrity,
    level,
    forbiddenChanges: judging.changes[index] ?? [],
    ...judged,
  } as const;
  return { ...facts, sentence: signatureSentence(facts) };
};

const isCompetent = ({ role }: SignatureReport): boolean => role === "officer" || role === "agency";

/** What the signatures, none of them broken, amount to. */
const weigh = (file: PdfFile, opened: readonly Opened[], signatures: readonly SignatureReport[]): Verdict => {
  const coversStatement = (index: number): boolean => {
    const revision = opened[index]?.found.revision ?? null;
    return revision !== null && shownStatement(revision) !== null;
  };
  const competent = signatures.filter((signature, index) => isCompetent(signature) && coversStatement(index));
  if (shownStatement(file) !== null && competent.some(({ certificate }) => certificate === "trusted"))
    return "certified";
  if (competent.length > 0) return "certificateFails";
  if (showsAnyStatement(file)) return "falseStatement";
  const known = signatures.filter(({ role }) => role !== "unknown" && role !== "timestamp");
  if (known.length === 0) return "signedByUnknown";
  const holding = known.filter(({ certificate }) => certificate === "trusted");
  if (holding.some(isCompetent)) return "noStatement";
  return holding.length > 0 ? "sealedScan" : "certificateFails";
};

/** Where the last signature ends, something may follow that nobody signed. */
const behindLast = (file: PdfFile, found: readonly FoundSignature[]): readonly string[] => {
  const end = Math.max(0, ...found.map((signature) => (signature.revision === null ? 0 : signature.end)));
  const rest = file.bytes.length - end;
  return end > 0 && rest > 0 ? [`${rest} bytes were appended after the last signature`] : [];
};

const claims = (file: PdfFile): VerifyReport["scan"] => {
  const scan = scanOf(file);
  if (scan === null) return null;
  return {
    kiosk: scan.Kiosk,
    submission: scan.Submission,
    scannedAt: scan.ScannedAt,
    clockTrust: scan.ClockTrust,
    pages: Number(scan.Pages),
  };
};

const judgeFile = (file: PdfFile, options: VerifyOptions): VerifyReport => {
  file.pages();
  const found = findSignatures(file);
  const rest = { scan: claims(file), statement: shownStatement(file) };
  if (found.length === 0) {
    const hasRemains = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length).includes(
      "/ByteRange",
    );
    return hasRemains
      ? answer("changed", ["there are remains of a signature that the file no longer shows"], rest)
      : answer(showsAnyStatement(file) ? "falseStatement" : "unsigned", [], { ...rest, statement: null });
  }
  const believed = believe(options);
  const opened = found.map(
    (signature) => openTimestamp(signature, believed) ?? openSignature(signature, believed),
  );
  const judging = {
    believed,
    atMs: options.atMs ?? Date.now(),
    changes: changesOf(found),
    times: provenTimes(opened),
  };
  const signatures = opened.map((item, index) => reportOf(item, index, opened[index - 1], judging));
  const problems = [
    ...behindLast(file, found),
    ...opened.flatMap((item) => item.problems.map((problem) => `${item.found.field}: ${problem}`)),
    ...signatures.flatMap((item) => item.forbiddenChanges.map((change) => `${item.field}: ${change}`)),
  ];
  const isChanged =
    behindLast(file, found).length > 0 ||
    signatures.some(
      ({ integrity, forbiddenChanges: changes }) => integrity !== "intact" || changes.length > 0,
    );
  const verdict = isChanged ? "changed" : weigh(file, opened, signatures);
  const holds =
    verdict === "certified" &&
    signatures.every(({ certificate }) => certificate === "trusted" || certificate === "notJudged");
  const statement = verdict === "certified" ? rest.statement : null;
  return answer(verdict, problems, { holds, signatures, scan: rest.scan, statement });
};

/** Never throws for what is in `bytes`. */
export const verifyPdf = async (bytes: Uint8Array, options: VerifyOptions): Promise<VerifyReport> => {
  if (bytes.length > MAX_BYTES)
    return answer("unreadable", [`it is larger than ${MAX_BYTES / 1_048_576} MB`]);
  try {
    return judgeFile(new PdfFile(bytes), options);
  } catch (error) {
    if (error instanceof PdfSyntaxError) return answer("unreadable", [error.message]);
    // Nested or numbered beyond what anybody makes: the runtime's own limits said no.
    if (error instanceof RangeError)
      return answer("unreadable", [`it is built beyond all limits (${error.message})`]);
    throw error;
  }
};
