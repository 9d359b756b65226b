// Which step of a paper is shown?
import { FAULTS } from "../../../core/faults.js";
import { Frame } from "../parts/frame.js";
import { CheckIcon } from "../parts/icons.js";
import { Picture } from "../parts/paper-picture.js";
import { GentleTrouble, PaperOnTray } from "../parts/pictures.js";
import { Percent } from "../parts/progress.js";
import { useVisit } from "../visit.js";
import { Place } from "./paper-place.js";
import { Arrange, Poor, Review } from "./paper-review.js";
import { Feeding, SkipPaper, Slot, Stopped, TakeBack } from "./paper-slot.js";
import { Stored } from "./paper-stored.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;

const STAGES = ["taking", "finding", "reading"] as const;
type Working = (typeof STAGES)[number];

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
    case "poor":
      return <Poor screen={screen} />;
    case "review":
      return <Review screen={screen} />;
    case "arrange":
      return <Arrange screen={screen} />;
    case "stored":
      return <Stored screen={screen} />;
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
