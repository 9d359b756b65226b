// Are the papers in the scanner's slot, how far are they, and are the originals in the hand again?
import { FAULTS } from "../../../core/faults.js";
import { BigButton } from "../parts/button.js";
import { Frame, type Onward } from "../parts/frame.js";
import { PapersFromSlot, PapersIntoSlot } from "../parts/pictures.js";
import { Percent } from "../parts/progress.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;

export const SkipPaper = () => {
  const { send, text } = useVisit();
  return (
    <BigButton look="secondary" label={text("papers.skip")} onPress={() => send({ type: "SKIP_PAPER" })} />
  );
};

const taken = ({ screen }: PapersProps): number => screen.pages?.taken ?? 0;

const Fault = ({ screen }: PapersProps) => {
  const { pick } = useVisit();
  if (screen.fault === null) return null;
  return (
    <p className="remedy" role="alert">
      {pick(FAULTS[screen.fault].citizen)}
    </p>
  );
};

const NotKept = ({ screen }: PapersProps) => {
  const { text } = useVisit();
  const { surplus = 0 } = screen.feed ?? {};
  if (surplus === 0) return null;
  return <p className="note">{text("papers.surplus", { max: screen.pages?.max ?? 1, surplus })}</p>;
};

/** The other way stands under the picture; beside "onward" stands only what leaves this paper. */
const Otherwise = ({ label, onPress }: Onward) => (
  <div className="more-pages">
    <BigButton look="secondary" label={label} onPress={onPress} />
  </div>
);

/** For a paper that was certified before. */
export const UseStored = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  if (screen.mayUseStored !== true) return null;
  return <Otherwise label={text("papers.useStored")} onPress={() => send({ type: "USE_STORED" })} />;
};

export const Slot = ({ screen }: PapersProps) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame
      title={pick(screen.title)}
      lead={text("papers.slotLead")}
      next={{ label: text("papers.feed"), onPress: () => send({ type: "FEED" }) }}
      aside={screen.optional && taken({ screen }) === 0 ? <SkipPaper /> : undefined}
    >
      <Fault screen={screen} />
      {screen.count > 1 && (
        <p className="chip">{text("papers.count", { index: screen.index, count: screen.count })}</p>
      )}
      <PapersIntoSlot />
      <Otherwise label={text("papers.useTray")} onPress={() => send({ type: "USE_TRAY" })} />
      <UseStored screen={screen} />
    </Frame>
  );
};

export const Feeding = ({ screen }: PapersProps) => {
  const { text } = useVisit();
  return (
    <Frame
      title={text("papers.feedingTitle", { sheet: screen.feed?.sheet ?? 1 })}
      lead={text("papers.feedingLead")}
      back={{ label: text("papers.stopFeeding") }}
    >
      <PapersIntoSlot busy />
      <Percent percent={screen.percent} />
    </Frame>
  );
};

export const TakeBack = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text("papers.takeBackTitle")}
      lead={text("papers.takeBackLead")}
      next={{ label: text("papers.takenBack"), onPress: () => send({ type: "NEXT" }) }}
    >
      <p className="chip">{text("papers.kept", { taken: taken({ screen }) })}</p>
      <NotKept screen={screen} />
      <PapersFromSlot />
    </Frame>
  );
};

/** A scanner that can not go on sends to the tray; a sheet that stuck may be tried again. */
export const Stopped = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  const pages = taken({ screen });
  const open = screen.feed?.open ?? false;
  const trayFirst = screen.fault !== null && FAULTS[screen.fault].severity === "degraded";
  const feed = {
    label: text(pages > 0 ? "papers.feedRest" : "papers.feedAgain"),
    onPress: () => send({ type: "FEED" }),
  };
  const tray = { label: text("papers.useTray"), onPress: () => send({ type: "USE_TRAY" }) };
  const review = { label: text("papers.thatWasAll"), onPress: () => send({ type: "NEXT" }) };
  const [first, second] = trayFirst ? [tray, feed] : [feed, tray];
  const all = pages > 0 ? <BigButton look="secondary" {...review} /> : undefined;
  return (
    <Frame
      title={text("papers.stoppedTitle")}
      next={open ? first : review}
      aside={open ? (all ?? (screen.optional ? <SkipPaper /> : undefined)) : undefined}
    >
      <Fault screen={screen} />
      {pages > 0 && <p className="chip">{text("papers.kept", { taken: pages })}</p>}
      <NotKept screen={screen} />
      <PapersFromSlot />
      {open && <Otherwise {...second} />}
    </Frame>
  );
};
