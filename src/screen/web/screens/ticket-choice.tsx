// What is the number for, and does somebody come first?
import { Frame } from "../parts/frame.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type Screen = ScreenProps<"ticket">["screen"];

const LAST_KEY = 9;

export const ServiceChoice = ({ screen }: { readonly screen: Screen }) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame title={text("ticket.serviceTitle")} lead={text("ticket.serviceLead")}>
      <div className="tiles">
        {(screen.choices ?? []).map(({ id, title, waiting }, index) => (
          <button
            key={id}
            type="button"
            className="tile"
            data-key={index < LAST_KEY ? String(index + 1) : undefined}
            onClick={() => send({ type: "CHOOSE_SERVICE", service: id })}
          >
            <b className="tile-number">{index + 1}</b>
            <span className="tile-words">
              <strong>{pick(title)}</strong>
              {waiting !== undefined && (
                <span>
                  {waiting === 0 ? text("ticket.nobody") : text("ticket.waiting", { people: waiting })}
                </span>
              )}
            </span>
          </button>
        ))}
      </div>
    </Frame>
  );
};

/** The ordinary number comes first and is the largest: it is what most people take. */
export const GroupChoice = ({ screen }: { readonly screen: Screen }) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame title={text("ticket.groupTitle")} lead={text("ticket.groupLead")}>
      <div className="tiles tiles-groups">
        <button
          type="button"
          className="tile tile-main"
          data-key="1"
          onClick={() => send({ type: "CHOOSE_GROUP", group: null })}
        >
          <b className="tile-number">1</b>
          <span className="tile-words">
            <strong>{text("ticket.noGroup")}</strong>
            <span>{text("ticket.noGroupNote")}</span>
          </span>
        </button>
        {(screen.choices ?? []).map(({ id, title }, index) => (
          <button
            key={id}
            type="button"
            className="tile"
            data-key={index + 2 <= LAST_KEY ? String(index + 2) : undefined}
            onClick={() => send({ type: "CHOOSE_GROUP", group: id })}
          >
            <b className="tile-number">{index + 2}</b>
            <span className="tile-words">
              <strong>{pick(title)}</strong>
            </span>
          </button>
        ))}
      </div>
    </Frame>
  );
};
