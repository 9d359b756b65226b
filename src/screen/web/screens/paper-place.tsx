// Does the paper lie well on the tray? (Seen by the camera where it can be, with one thing to do at a time.)
import { Frame } from "../parts/frame.js";
import { PaperOnTray } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import { SkipPaper, UseStored } from "./paper-slot.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;
type Sight = NonNullable<PapersProps["screen"]["sight"]>;

/** The outline is drawn over the very frame in which it was found. */
const Tray = ({ sight }: { readonly sight: Sight }) => {
  const { text } = useVisit();
  const good = sight.coach === "holdStill";
  return (
    <div className="tray">
      <img src={sight.frameUrl} alt={text("papers.tray")} />
      {sight.quad !== null && (
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <polygon
            className={good ? "tray-good" : "tray-found"}
            points={sight.quad.map(([x, y]) => `${x * 100},${y * 100}`).join(" ")}
          />
        </svg>
      )}
    </div>
  );
};

export const Place = ({ screen }: PapersProps) => {
  const { send, text, pick } = useVisit();
  const { sight } = screen;
  const seen = sight !== undefined && sight !== null;
  return (
    <Frame
      title={pick(screen.title)}
      lead={seen ? undefined : text("papers.placeLead")}
      next={{
        label: text(sight === undefined ? "papers.capture" : "papers.captureNow"),
        onPress: () => send({ type: "CAPTURE" }),
      }}
      aside={screen.optional ? <SkipPaper /> : undefined}
    >
      {screen.count > 1 && (
        <p className="chip">{text("papers.count", { index: screen.index, count: screen.count })}</p>
      )}
      {seen && (
        <p className="coach" role="status">
          {text(`papers.coach_${sight.coach}`)}
        </p>
      )}
      {seen ? <Tray sight={sight} /> : <PaperOnTray />}
      <UseStored screen={screen} />
    </Frame>
  );
};
