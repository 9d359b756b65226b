// How does the kiosk get its certificate, without its key ever leaving it?
//
// The request goes out as QR codes on this very screen, or as a file on a stick; the answer comes in through the kiosk's
// own code reader, a file, or lines that are scanned or pasted here (also over SSH). Two people compare fingerprints.

import { createPublicKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestSealCertificate } from "../../documents/certificates.js";
import { onEachOpen } from "../../hal/on-each-open.js";
import { Pairs } from "../../sync/certificates/pairs.js";
import { type Answer, install, readAnswer } from "../answer.js";
import type { Desk, Step, StepEnd } from "../desk.js";
import { fileOf, fingerprintOf, Gathering, linesOf, type Parcel, parcelIn } from "../parcel.js";
import { LONGEST_CODE, qrPicture } from "../qr-text.js";
import { isMove } from "../talk.js";
import { checkPortal, findingLines, verdictOf } from "./portal.js";

const LARGEST_FILE = 65_536;

const requestOf = async (desk: Desk, kioskId: string): Promise<Parcel> => {
  const { places } = desk;
  const pairs = new Pairs(places.certificateFolder);
  const device = createPublicKey(places.deviceKeyPem(desk.config()));
  return [
    { kind: "request", bytes: await requestSealCertificate(pairs.requestKey(), kioskId) },
    { kind: "device", bytes: new Uint8Array(device.export({ type: "spki", format: "der" })) },
    { kind: "sealRequest", bytes: await places.sealKey().request(kioskId) },
  ];
};

/** Mounted sticks: the folders one and two below where they are mounted that can be listed. */
const sticksIn = (mountFolders: readonly string[]): readonly string[] =>
  mountFolders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name)),
  );

const askPath = ({ talk, words, places }: Desk, key: string, name: string): Promise<string> => {
  const [stick = "/media/USB"] = sticksIn(places.mountFolders);
  const isOut = key === "certificate.requestFile";
  return talk.ask({
    ...{
      key,
      label: words.text(isOut ? "requestFile" : "answerFile"),
      longest: 300,
      initial: join(stick, name),
    },
    help: sticksIn(places.mountFolders).map((path) => words.text("stick", path)),
    wrong: (path) => {
      if (!path.startsWith("/")) return words.text("pathRight");
      const folder = join(path, "..");
      if (!existsSync(folder) || !statSync(folder).isDirectory()) return words.text("noFolder", folder);
      return isOut || existsSync(path) ? null : words.text("noFile", path);
    },
  });
};

const sendRequest = async (desk: Desk, parcel: Parcel, kioskId: string): Promise<void> => {
  const { talk, words } = desk;
  const how = await talk.choose({
    ...{ key: "certificate.send", label: words.text("sendHow"), help: words.lines("sendHelp") },
    options: [
      { value: "codes", label: words.text("sendCodes") },
      { value: "file", label: words.text("sendFile") },
      { value: "sent", label: words.text("sendNothing") },
    ],
    initial: "codes",
  });
  if (how === "file") {
    const path = await askPath(desk, "certificate.requestFile", `${kioskId}.request.pem`);
    writeFileSync(path, fileOf(parcel), { flush: true });
    await talk.tell(words.text("requestWritten"), [path, words.text("fingerprint"), fingerprintOf(parcel)]);
  }
  if (how !== "codes") return;
  const texts = linesOf("R", parcel, LONGEST_CODE);
  const pictures = await Promise.all(texts.map((text) => qrPicture(text)));
  const dark = await Promise.all(texts.map((text) => qrPicture(text, true)));
  await talk.showCodes({
    ...{ pictures, dark, texts },
    lines: [
      words.text("requestOf", kioskId),
      "",
      ...words.lines("codesHelp"),
      "",
      words.text("fingerprint"),
      fingerprintOf(parcel),
    ],
  });
};

const fromReader = (desk: Desk): Promise<Parcel> => {
  const { talk, words } = desk;
  return talk.during(words.text("openingReader"), async (cancel, say) => {
    const bench = await desk.openBench(desk.config(), false);
    const gathering = new Gathering("A");
    let stop = (): void => {};
    try {
      const { board } = bench;
      if (board === null) throw new Error(words.text("readerIsKiosks"));
      return await new Promise<Parcel>((resolve, reject) => {
        cancel.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
        const unwatch = board.codeReader.watch((status) => {
          if (status.state === "absent") say(`${status.fault.code} ${status.fault.detail}`);
        });
        const detach = onEachOpen(board.codeReader, (reader) => {
          say(words.text("showAnswer"));
          return reader.onCode((text) => {
            const came = gathering.take(text);
            if (came === "whole" && gathering.parcel !== null) resolve(gathering.parcel);
            const { have, of } = gathering.progress;
            say(came === "more" ? words.text("gathered", String(have), String(of)) : words.gather(came));
          });
        });
        stop = () => {
          unwatch();
          detach();
        };
      });
    } finally {
      stop();
      await bench.close();
    }
  });
};

const fromLines = async ({ talk, words }: Desk): Promise<Parcel> => {
  const gathering = new Gathering("A");
  let text = "";
  let parcel: Parcel | null = null;
  await talk.collect(
    { key: "certificate.lines", label: words.text("pasteHere"), help: words.lines("pasteHelp") },
    (line) => {
      const came = gathering.take(line);
      text = `${text}${line}\n`.slice(-LARGEST_FILE);
      // A PEM file that is pasted ends with an empty line or the end of input.
      parcel = gathering.parcel ?? (line === "" ? parcelIn(text, "A") : null);
      const { have, of } = gathering.progress;
      const isPem = came === "foreign" && text.includes("-----BEGIN");
      return {
        enough: parcel !== null,
        said:
          came === "more"
            ? words.text("gathered", String(have), String(of))
            : isPem
              ? ""
              : words.gather(came),
      };
    },
  );
  if (parcel === null) throw new Error(words.gather("damaged"));
  return parcel;
};

const fromFile = async (desk: Desk, kioskId: string): Promise<Parcel> => {
  const path = await askPath(desk, "certificate.answerFile", `${kioskId}.answer.pem`);
  const { size } = statSync(path);
  const parcel = size > LARGEST_FILE ? null : parcelIn(readFileSync(path, "utf8"), "A");
  if (parcel === null) throw new Error(desk.words.text("noAnswerIn", path));
  return parcel;
};

const answerLines = (
  { words }: Desk,
  { chain, authority, portalKeys, seal, fingerprint }: Answer,
): readonly string[] => {
  const [leaf] = chain;
  return [
    words.text("certificateOf", leaf?.subject ?? "", leaf?.validTo ?? ""),
    words.text("serial", leaf?.serialNumber ?? ""),
    authority === null ? words.text("noAuthority") : words.text("authority", authority.subject),
    ...(authority === null
      ? []
      : [authority.fingerprint256.slice(0, 47), authority.fingerprint256.slice(48)]),
    ...(portalKeys === null ? [words.text("noPortalKeys")] : []),
    ...(seal.length === 0 ? [words.text("noSeal")] : []),
    "",
    words.text("compare"),
    fingerprint,
  ];
};

/** A person says it; a file of answers brings the fingerprint that the portal printed. */
const isCompared = async (desk: Desk, answer: Answer): Promise<boolean> => {
  const { talk, words } = desk;
  const bare = (text: string): string => text.replace(/[^0-9a-fA-F]/g, "").toUpperCase();
  if (!talk.isPatient) {
    const isSame = (text: string): boolean => bare(text) === bare(answer.fingerprint);
    await talk.ask({
      ...{ key: "certificate.fingerprint", label: words.text("compare"), initial: "" },
      wrong: (text) => (isSame(text) ? null : words.text("otherFingerprint", answer.fingerprint)),
    });
    return true;
  }
  const same = await talk.choose({
    ...{ key: "certificate.compared", label: words.text("isSame"), help: answerLines(desk, answer) },
    options: [
      { value: "no", label: words.text("notSame") },
      { value: "yes", label: words.text("yesSame") },
    ],
  });
  return same === "yes";
};

const installed = async (desk: Desk, parcel: Parcel, kioskId: string): Promise<StepEnd | null> => {
  const { talk, words, places, clock } = desk;
  const answer = readAnswer(parcel);
  const nowMs = clock.wall().epochMs;
  if (!(await isCompared(desk, answer))) return null;
  const sealPublicKeyPem = places.sealKey().publicKeyPem;
  for (const [key, value] of Object.entries(install(answer, kioskId, { ...places, sealPublicKeyPem, nowMs })))
    desk.set(key, value);
  const serial = answer.chain[0]?.serialNumber ?? "";
  const url = desk.value("link.url");
  if (url === "") return { state: "done", said: serial };
  const findings = await checkPortal(desk, url);
  const isUp = verdictOf(findings) === "passed";
  await talk.tell(words.text(isUp ? "portalAnswers" : "portalSilent"), findingLines(desk, findings));
  return {
    state: isUp ? "done" : "later",
    said: `${serial}${isUp ? "" : `; ${words.text("portalSilent")}`}`,
  };
};

const received = async (desk: Desk, kioskId: string): Promise<StepEnd | "request"> => {
  const { talk, words } = desk;
  for (;;) {
    const how = await talk.choose({
      ...{ key: "certificate.receive", label: words.text("receiveHow"), help: words.lines("receiveHelp") },
      options: [
        ...(desk.house.isRunning ? [] : [{ value: "reader", label: words.text("receiveReader") } as const]),
        { value: "file", label: words.text("receiveFile") },
        { value: "lines", label: words.text("receiveLines") },
        { value: "request", label: words.text("receiveRequest") },
        { value: "later", label: words.text("later") },
      ],
    });
    if (how === "request") return how;
    if (how === "later") return { state: "later", said: words.text("later") };
    const take = {
      reader: () => fromReader(desk),
      lines: () => fromLines(desk),
      file: () => fromFile(desk, kioskId),
    };
    const end = await take[how]()
      .then((parcel) => installed(desk, parcel, kioskId))
      .catch(async (thrown: unknown) => {
        if (!talk.isPatient || isMove(thrown)) throw thrown;
        await talk.tell(words.text("answerRefused"), [
          thrown instanceof Error ? thrown.message : String(thrown),
        ]);
        return null;
      });
    if (end !== null) return end;
    if (!talk.isPatient) return { state: "later", said: words.text("answerRefused") };
  }
};

export const certificate: Step = {
  run: async (desk) => {
    const { talk, words, places, clock } = desk;
    const kioskId = desk.value("kiosk.id");
    const held = new Pairs(places.certificateFolder).get("current");
    if (held !== null && held.commonName === kioskId && held.toMs > clock.wall().epochMs) {
      const next = await talk.choose({
        ...{ key: "certificate.present", label: words.text("certificateThere", held.serial) },
        options: [
          { value: "keep", label: words.text("keepCertificate") },
          { value: "new", label: words.text("newCertificate") },
        ],
        ...{ initial: "keep", otherwise: "keep" },
      });
      if (next === "keep") return { state: "done", said: held.serial };
    }
    for (;;) {
      await sendRequest(desk, await requestOf(desk, kioskId), kioskId);
      const end = await received(desk, kioskId);
      if (end !== "request") return end;
    }
  },
};
