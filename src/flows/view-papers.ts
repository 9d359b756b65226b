// What does the screen of a paper show, from the empty tray to its pages?
import type { VisitContext } from "./context.js";
import { DOUBTFUL_BELOW } from "./form-values.js";
import type { CapturedPage, PaperField } from "./paper.js";
import { hasRoom, heldPaper, maxPages, requiredPaper } from "./parts/held-papers.js";
import { seesTray } from "./parts/place.js";
import { mayUseStored } from "./parts/stored.js";
import type { FieldView, Screen, StoredView } from "./view.js";

type PapersScreen = Extract<Screen, { name: "papers" }>;
type Stage = readonly string[];

const NO_TEXT = { vi: "", en: "" };

const readField = (field: PaperField, corrected: string | undefined): FieldView => {
  const { key, label, value, source, correction, box } = field;
  const typed = corrected !== undefined;
  return {
    key,
    kind: "text",
    label,
    hint: null,
    choices: [],
    value: corrected ?? value,
    required: false,
    error: null,
    source: typed ? "typed" : value === "" ? "empty" : "paper",
    doubtful: !typed && value !== "" && field.confidence < DOUBTFUL_BELOW,
    ...(!typed && correction !== null ? { mendedFrom: correction.from } : {}),
    ...(source === "hand" && (corrected ?? value) === "" ? { unread: true as const } : {}),
    ...(source === "hand" && value !== "" && !typed ? { fromHand: true as const } : {}),
    ...(box === null ? {} : { box }),
  };
};

const STAGES = ["asking", "slot", "feeding", "takeBack", "stopped", "stored", "failed"] as const;

const stageOf = (context: VisitContext, [first, second]: Stage): PapersScreen["stage"] => {
  if (first === "capturing") return context.captureStage;
  if (first === "review") return second === "poor" ? "poor" : "review";
  if (first === "arranging") return "arrange";
  return STAGES.find((each) => each === first) ?? "place";
};

const isOfSlot = (stage: PapersScreen["stage"]): boolean =>
  stage === "slot" || stage === "feeding" || stage === "takeBack" || stage === "stopped";

const feedOf = (context: VisitContext) => ({
  sheet: context.sheet,
  surplus: context.surplus,
  open: hasRoom({ context }),
});

const STORED_STAGES = ["scan", "searching", "found", "refused", "kept"] as const;

const storedOf = (context: VisitContext, [, second]: Stage): StoredView => {
  const stage = STORED_STAGES.find((each) => each === second) ?? "scan";
  const answer = context.personal.reveal().wanted?.answer ?? null;
  const copy =
    stage === "kept" ? heldPaper(context).copy?.copy : answer?.result === "found" ? answer.copy : null;
  return {
    stage,
    copy: copy === null || copy === undefined ? null : { title: copy.title, date: copy.date },
    revoked: answer?.result === "revoked",
  };
};

/** What goes with the page that is looked at. */
const shownPage = (
  context: VisitContext,
  stage: PapersScreen["stage"],
): Pick<PapersScreen, "imageUrl" | "fields"> & Pick<Partial<PapersScreen>, "picture" | "advice"> => {
  const held = heldPaper(context);
  const page: CapturedPage | undefined =
    stage === "review" || stage === "poor" ? held.pages[context.pageIndex] : undefined;
  if (page === undefined) return { imageUrl: null, fields: [] };
  const { imageUrl, widthPx, heightPx, advice } = page;
  return {
    imageUrl,
    picture: { widthPx, heightPx },
    fields:
      stage === "poor"
        ? []
        : page.fields.reveal().map((field) => readField(field, held.corrected[field.key])),
    ...(stage === "poor" && advice !== "none" ? { advice } : {}),
  };
};

export const papersScreen = (context: VisitContext, path: Stage): PapersScreen => {
  const paper = requiredPaper(context);
  const held = heldPaper(context);
  const stage = stageOf(context, path);
  const shown = shownPage(context, stage);
  const wanted = paper?.paperClass ?? "any";
  return {
    name: "papers",
    stage,
    title: paper?.title ?? NO_TEXT,
    index: context.paperIndex + 1,
    count: context.procedure?.papers.length ?? 0,
    optional: paper?.optional ?? false,
    percent: context.percent,
    recognised:
      shown.imageUrl !== null && (wanted === "any" || held.pages.some((page) => page.paperClass === wanted)),
    pages: {
      taken: held.pages.length,
      max: maxPages(context),
      ...(shown.imageUrl === null ? {} : { shown: context.pageIndex + 1 }),
    },
    ...shown,
    ...(isOfSlot(stage) ? { feed: feedOf(context) } : {}),
    ...(stage === "place" && seesTray({ context }) ? { sight: context.sight } : {}),
    ...(stage === "arrange" ? { thumbs: held.pages.map(({ imageUrl }) => imageUrl) } : {}),
    ...(stage === "place" || stage === "slot" ? { mayUseStored: mayUseStored({ context }) } : {}),
    ...(stage === "stored" ? { stored: storedOf(context, path) } : {}),
    // What keeps codes from being read matters where one is shown.
    fault: stage === "stored" && path[1] === "scan" ? context.codeReaderFault : context.fault,
  };
};
