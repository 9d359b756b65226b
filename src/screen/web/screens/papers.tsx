// Is the paper on the tray, and what was read from it?
import { useState } from "react";
import { FAULTS } from "../../../core/faults.js";
import { BigButton } from "../parts/button.js";
import { FieldList, KeysFor } from "../parts/field-list.js";
import { Frame } from "../parts/frame.js";
import { CheckIcon, ZoomIcon } from "../parts/icons.js";
import { GentleTrouble, PaperOnTray } from "../parts/pictures.js";
import { Percent } from "../parts/progress.js";
import { useFields } from "../parts/use-fields.js";
import { useVisit } from "../visit.js";
import { Feeding, SkipPaper, Slot, Stopped, TakeBack } from "./paper-slot.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;

const STAGES = ["taking", "finding", "reading"] as const;
type Working = (typeof STAGES)[number];

const Place = ({ screen }: PapersProps) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame
      title={pick(screen.title)}
      lead={text("papers.placeLead")}
      next={{ label: text("papers.capture"), onPress: () => send({ type: "CAPTURE" }) }}
      aside={screen.optional ? <SkipPaper /> : undefined}
    >
      {screen.count > 1 && (
        <p className="chip">{text("papers.count", { index: screen.index, count: screen.count })}</p>
      )}
      <PaperOnTray />
    </Frame>
  );
};

const Work = ({ screen, stage }: PapersProps & { readonly stage: Working }) => {
  const { text } = useVisit();
  const titles = {
    taking: text("papers.takingTitle"),
    finding: text("papers.findingTitle"),
    reading: text("papers.readingTitle"),
  };
  const names = {
    taking: text("papers.stageTaking"),
    finding: text("papers.stageFinding"),
    reading: text("papers.stageReading"),
  };
  const now = STAGES.indexOf(stage);
  return (
    <Frame title={titles[stage]} lead={text("papers.still")}>
      {screen.imageUrl === null && <PaperOnTray />}
      <div className={screen.imageUrl === null ? "working" : "beside"}>
        {screen.imageUrl !== null && <Picture screen={screen} />}
        <div className="working">
          <ol className="stages">
            {STAGES.map((name, index) => (
              <li key={name} className={index < now ? "past" : index === now ? "now" : "ahead"}>
                {index < now ? <CheckIcon /> : <b>{index + 1}</b>} {names[name]}
              </li>
            ))}
          </ol>
          <Percent percent={screen.percent} />
        </div>
      </div>
    </Frame>
  );
};

const Picture = ({ screen }: PapersProps) => {
  const { text } = useVisit();
  const [large, setLarge] = useState(false);
  if (screen.imageUrl === null) return <p className="note">{text("papers.noImage")}</p>;
  return (
    <button
      type="button"
      className={large ? "paper paper-large" : "paper"}
      onClick={() => setLarge(!large)}
      aria-pressed={large}
    >
      <img src={screen.imageUrl} alt={text("papers.image")} />
      <span className="paper-zoom">
        <ZoomIcon /> {text(large ? "common.close" : "papers.enlarge")}
      </span>
    </button>
  );
};

const MorePages = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  const { taken = 1, max = 1, shown = taken } = screen.pages ?? {};
  if (max <= 1) return null;
  return (
    <div className="more-pages">
      <p className="chip">
        {taken > 1 ? text("papers.page", { shown, taken }) : text("papers.taken", { taken })}
      </p>
      {shown === taken && taken < max && (
        <BigButton
          look="secondary"
          label={text("papers.another")}
          onPress={() => send({ type: "CAPTURE" })}
        />
      )}
    </div>
  );
};

const Review = ({ screen }: PapersProps) => {
  const { send, setField, text } = useVisit();
  const edit = useFields(screen.fields, (key, value) => setField({ type: "SET_PAPER_FIELD", key, value }));
  const next = () => send({ type: "NEXT" });
  const keys = edit.active === null ? null : <KeysFor edit={edit} />;
  const hasFields = screen.fields.length > 0;
  return (
    <Frame
      title={text(hasFields ? "papers.reviewTitle" : "papers.reviewPlain")}
      lead={screen.recognised ? undefined : text("papers.unrecognised")}
      next={{ label: text(hasFields ? "papers.accept" : "papers.acceptPlain"), onPress: next }}
      aside={
        <BigButton look="secondary" label={text("papers.retake")} onPress={() => send({ type: "RETAKE" })} />
      }
      dock={keys}
    >
      <div className={hasFields ? "beside" : "beside beside-alone"}>
        <div className="taken">
          <Picture screen={screen} />
          <MorePages screen={screen} />
        </div>
        {hasFields && <FieldList fields={screen.fields} edit={edit} onEnd={next} />}
      </div>
    </Frame>
  );
};

export const Papers = ({ screen }: PapersProps) => {
  const { send, text, pick } = useVisit();
  switch (screen.stage) {
    case "asking":
      return <Frame title={pick(screen.title)} />;
    case "slot":
      return <Slot screen={screen} />;
    case "feeding":
      return <Feeding screen={screen} />;
    case "takeBack":
      return <TakeBack screen={screen} />;
    case "stopped":
      return <Stopped screen={screen} />;
    case "place":
      return <Place screen={screen} />;
    case "taking":
    case "finding":
    case "reading":
      return <Work screen={screen} stage={screen.stage} />;
    case "review":
      return <Review screen={screen} />;
    case "failed":
      return (
        <Frame
          title={text("papers.failedTitle")}
          next={{ label: text("papers.retake"), onPress: () => send({ type: "RETAKE" }) }}
          aside={screen.optional ? <SkipPaper /> : undefined}
        >
          {screen.fault !== null && (
            <p className="remedy" role="alert">
              {pick(FAULTS[screen.fault].citizen)}
            </p>
          )}
          <GentleTrouble />
        </Frame>
      );
  }
};
