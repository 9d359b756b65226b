// What can be heard and chosen while papers are taken?
import { FAULTS } from "../../core/faults.js";
import type { Screen } from "../../flows/view.js";
import { shownDate } from "../format.js";
import { pick, text } from "../speech.js";
import { fieldItem } from "./fields.js";
import { type EarItem, note, noteOf, ownItem, press, words } from "./items.js";

type PapersScreen = Extract<Screen, { name: "papers" }>;
type Items = readonly EarItem[];

const NEXT = { type: "NEXT" } as const;

const taken = ({ pages }: PapersScreen): number => pages?.taken ?? 0;

const count = ({ index, count: all }: PapersScreen): Items =>
  all > 1 ? [noteOf("papers.count", { index, count: all })] : [];

const kept = (screen: PapersScreen): Items => [noteOf("papers.kept", { taken: taken(screen) })];

const skip = (holds: boolean): Items => (holds ? [press("papers.skip", { type: "SKIP_PAPER" })] : []);

const storedToo = ({ mayUseStored }: PapersScreen): Items =>
  mayUseStored === true ? [press("papers.useStored", { type: "USE_STORED" })] : [];

const tray = (): EarItem => press("papers.useTray", { type: "USE_TRAY" });
const retake = (): EarItem => press("papers.retake", { type: "RETAKE" });

const percent = ({ percent: done }: PapersScreen): EarItem => ({
  ...noteOf("common.percent", { percent: Math.round(done) }),
  id: "percent",
});

/** The way on comes first, as on the screen. */
const stopped = (screen: PapersScreen): Items => {
  const pages = taken(screen);
  const some = pages > 0;
  const trayFirst = screen.fault !== null && FAULTS[screen.fault].severity === "degraded";
  const feed = press(some ? "papers.feedRest" : "papers.feedAgain", { type: "FEED" });
  const all = press("papers.thatWasAll", NEXT);
  const said = some ? kept(screen) : [];
  if (screen.feed?.open !== true) return [...said, all];
  return [
    ...said,
    ...(trayFirst ? [tray(), feed] : [feed, tray()]),
    ...(some ? [all] : skip(screen.optional)),
  ];
};

const review = (screen: PapersScreen): Items => {
  const { max = 1, shown = taken(screen) } = screen.pages ?? {};
  const pages = taken(screen);
  return [
    ...(screen.recognised ? [] : [noteOf("papers.unrecognised")]),
    ...(max <= 1
      ? []
      : [
          pages > 1
            ? noteOf("papers.page", { shown, taken: pages })
            : noteOf("papers.taken", { taken: pages }),
        ]),
    ...screen.fields.map(fieldItem),
    press(screen.fields.length > 0 ? "papers.accept" : "papers.acceptPlain", NEXT),
    retake(),
    ...(max > 1 && shown === pages && pages < max ? [press("papers.another", { type: "CAPTURE" })] : []),
    ...(max > 1 && pages > 1 ? [press("papers.arrange", { type: "ARRANGE" })] : []),
  ];
};

const arrange = ({ thumbs = [] }: PapersScreen): Items => [
  press("papers.arrangeDone", NEXT),
  ...thumbs.flatMap((_, page): Items => {
    const name = text("papers.pageNumber", { number: page + 1 });
    const of = (item: EarItem): EarItem => ({
      ...item,
      id: `${item.id}-${page}`,
      says: [name, ...item.says],
    });
    return [
      ...(page === 0 ? [] : [of(press("papers.moveUp", { type: "MOVE_PAGE", page, by: -1 }))]),
      ...(page === thumbs.length - 1
        ? []
        : [of(press("papers.moveDown", { type: "MOVE_PAGE", page, by: 1 }))]),
      of(press("papers.remove", { type: "REMOVE_PAGE", page })),
    ];
  }),
];

const copy = (screen: PapersScreen): Items => {
  const { copy: found = null } = screen.stored ?? {};
  return found === null
    ? []
    : [
        note("copy", pick(found.title)),
        ownItem("copyDate", text("papers.storedDate"), words(shownDate(found.date))),
      ];
};

const stored = (screen: PapersScreen): Items => {
  switch (screen.stored?.stage) {
    case "searching":
      return [];
    case "found":
      return [...copy(screen), press("papers.storedUse", NEXT)];
    case "refused":
      return [press("papers.storedPaper", NEXT), press("common.retry", { type: "RETRY" })];
    case "kept":
      return [...copy(screen), press("common.next", NEXT), press("papers.storedPaper", { type: "RETAKE" })];
    default:
      return [
        note("paper", pick(screen.title)),
        {
          id: "papers.storedType",
          says: [text("papers.storedType")],
          deed: {
            do: "enter",
            ask: {
              label: text("slip.lookupCode"),
              alphabet: "code",
              length: 60,
              exact: false,
              date: false,
              own: true,
              value: "",
              done: (code) => ({ do: "send", event: { type: "SUBMIT_LOOKUP", code } }),
            },
          },
        },
      ];
  }
};

export const paperItems = (screen: PapersScreen): Items => {
  switch (screen.stage) {
    case "asking":
      return [];
    case "slot":
      return [
        ...count(screen),
        press("papers.feed", { type: "FEED" }),
        tray(),
        ...storedToo(screen),
        ...skip(screen.optional && taken(screen) === 0),
      ];
    case "feeding":
    case "taking":
    case "finding":
    case "reading":
      return [percent(screen)];
    case "takeBack":
      return [...kept(screen), press("papers.takenBack", NEXT)];
    case "stopped":
      return stopped(screen);
    case "place":
      return [
        ...count(screen),
        press(screen.sight === undefined ? "papers.capture" : "papers.captureNow", { type: "CAPTURE" }),
        ...storedToo(screen),
        ...skip(screen.optional),
      ];
    case "poor":
      return [noteOf("papers.poorLead"), retake(), press("papers.useThis", NEXT)];
    case "review":
      return review(screen);
    case "arrange":
      return arrange(screen);
    case "stored":
      return stored(screen);
    case "failed":
      return [retake(), ...skip(screen.optional)];
  }
};
