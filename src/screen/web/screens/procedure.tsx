// What does the citizen want done?
import { shownFee } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { ClockIcon, MoneyIcon, PaperIcon, SearchIcon, TicketIcon } from "../parts/icons.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type Offered = ScreenProps<"procedure">["screen"]["procedures"][number];

const Facts = ({ offered }: { readonly offered: Offered }) => {
  const { language, text, pick } = useVisit();
  const fee = offered.feeVnd === 0 ? text("common.free") : shownFee(offered.feeVnd, language);
  const days =
    offered.workingDays === 0
      ? text("procedure.sameDay")
      : text("procedure.days", { days: offered.workingDays });
  const papers =
    offered.papers.length === 0
      ? text("procedure.noPapers")
      : `${text("procedure.papers")}: ${offered.papers.map(pick).join(", ")}`;
  return (
    <span className="facts">
      <span className="fact">
        <MoneyIcon /> {fee}
      </span>
      <span className="fact">
        <ClockIcon /> {days}
      </span>
      <span className="fact">
        <PaperIcon /> {papers}
      </span>
    </span>
  );
};

export const ProcedureChoice = ({ screen }: ScreenProps<"procedure">) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame title={text("procedure.title")}>
      <div className="offer">
        <div className="tiles tiles-fill">
          {screen.procedures.map((offered, index) => (
            <button
              key={offered.code}
              type="button"
              className="tile"
              data-key={index < 9 ? String(index + 1) : undefined}
              onClick={() => send({ type: "CHOOSE_PROCEDURE", code: offered.code })}
            >
              <b className="tile-number">{index + 1}</b>
              <span className="tile-words">
                <strong>{pick(offered.title)}</strong>
                <span>{pick(offered.summary)}</span>
                <Facts offered={offered} />
              </span>
            </button>
          ))}
        </div>
        <section>
          <h2 className="other">{text("procedure.other")}</h2>
          <div className="tiles tiles-pair">
            <button type="button" className="tile tile-small" onClick={() => send({ type: "TAKE_NUMBER" })}>
              <TicketIcon />
              <span className="tile-words">
                <strong>{text("procedure.ticket")}</strong>
                <span>{text("procedure.ticketNote")}</span>
              </span>
            </button>
            <button type="button" className="tile tile-small" onClick={() => send({ type: "LOOK_UP" })}>
              <SearchIcon />
              <span className="tile-words">
                <strong>{text("procedure.lookup")}</strong>
                <span>{text("procedure.lookupNote")}</span>
              </span>
            </button>
          </div>
        </section>
      </div>
    </Frame>
  );
};
