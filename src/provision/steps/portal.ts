// Where is the portal's broker, and does it answer?
import { existsSync, readFileSync } from "node:fs";
import { Pairs } from "../../sync/certificates/pairs.js";
import type { Desk, Step, StepEnd } from "../desk.js";
import { addressOf, type Finding, reach } from "../reach.js";

/** What the check says with the certificates that there are now. */
export const checkPortal = async (desk: Desk, url: string): Promise<readonly Finding[]> => {
  const { talk, words, places, clock, house } = desk;
  const authority = desk.path("link.authority");
  const pairs = new Pairs(places.certificateFolder);
  const view = await house.view();
  // A second session under the same name would end the kiosk's own.
  if (view?.link === "up" && view.connection.broker === url)
    return [{ stage: "mqtt", verdict: "passed", detail: words.text("kioskIsConnected"), remedy: null }];
  return talk.during(words.text("checking", url), () =>
    reach({
      ...{ url, clock, kioskId: desk.value("kiosk.id"), pair: pairs.get("current") },
      authority: authority !== "" && existsSync(authority) ? readFileSync(authority, "utf8") : null,
    }),
  );
};

export const findingLines = ({ words }: Desk, findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ stage, verdict, detail, remedy }) => [
    `${words.stage(stage)}: ${words.verdict(verdict)} – ${detail}`,
    ...(remedy === null ? [] : [`  ${words.of(remedy)}`]),
  ]);

/** The worst of them. */
export const verdictOf = (findings: readonly Finding[]): Finding["verdict"] => {
  const verdicts = findings.map(({ verdict }) => verdict);
  if (verdicts.includes("failed")) return "failed";
  return verdicts.includes("later") ? "later" : "passed";
};

const AGAIN = "again";
const OTHER = "other";

const decided = async (desk: Desk, url: string): Promise<StepEnd | typeof OTHER> => {
  const { talk, words } = desk;
  for (;;) {
    const findings = await checkPortal(desk, url);
    const verdict = verdictOf(findings);
    const lines = findingLines(desk, findings);
    if (verdict !== "failed") {
      await talk.tell(words.text(verdict === "passed" ? "portalAnswers" : "portalLater"), lines);
      return { state: "done", said: `${url}: ${words.verdict(verdict)}` };
    }
    const next = await talk.choose({
      ...{ key: "portal.unreached", label: words.text("portalSilent"), help: lines },
      options: [
        { value: AGAIN, label: words.text("checkAgain") },
        { value: OTHER, label: words.text("otherAddress") },
        { value: "later", label: words.text("later") },
      ],
      otherwise: "later",
    });
    if (next === OTHER) return OTHER;
    if (next === "later" || !talk.isPatient) return { state: "later", said: lines[lines.length - 2] ?? url };
  }
};

export const portal: Step = {
  run: async (desk) => {
    const { talk, words } = desk;
    for (;;) {
      const url = await talk.ask({
        ...{
          key: "link.url",
          label: words.text("portalAddress"),
          help: words.lines("portalHelp"),
          longest: 200,
        },
        initial: desk.value("link.url") || "mqtts://",
        wrong: (text) => (text === "" || addressOf(text) !== null ? null : words.text("portalRight")),
      });
      desk.set("link.url", url);
      if (url === "") return { state: "later", said: words.text("noPortal") };
      const end = await decided(desk, url);
      if (end !== OTHER) return end;
    }
  },
};
