// Which number does the citizen have in the queue?
import { Frame } from "../parts/frame.js";
import { SlipComingOut } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import { AskSlip } from "./ask-slip.js";
import type { ScreenProps } from "./screen-of.js";
import { GroupChoice, ServiceChoice } from "./ticket-choice.js";

type Wait = NonNullable<ScreenProps<"ticket">["screen"]["wait"]>;

const Waiting = ({ wait }: { readonly wait: Wait }) => {
  const { text } = useVisit();
  const { before, minutes } = wait;
  return (
    <p className="wait">
      <strong>{before === 0 ? text("ticket.first") : text("ticket.before", { people: before })}</strong>
      {before > 0 && minutes !== null && <span>{text("ticket.minutes", { minutes })}</span>}
      {!wait.fresh && <small>{text("ticket.asOf", { time: wait.asOf.slice(11, 16) })}</small>}
    </p>
  );
};

export const Ticket = ({ screen }: ScreenProps<"ticket">) => {
  const { send, text } = useVisit();
  if (screen.stage === "service") return <ServiceChoice screen={screen} />;
  if (screen.stage === "group") return <GroupChoice screen={screen} />;
  const number = screen.number !== null && (
    <p className="number">
      <span>{text("ticket.title")}</span>
      <b>{screen.number}</b>
    </p>
  );
  if (screen.stage === "inDoubt")
    return (
      <Frame title={text("slip.askTitle")} lead={text("slip.askLead")}>
        {number}
        <AskSlip />
      </Frame>
    );
  if (screen.stage === "printing")
    return (
      <Frame title={text("ticket.printing")} lead={text("ticket.take")}>
        {number}
        <SlipComingOut />
      </Frame>
    );
  const printed = screen.stage === "take";
  return (
    <Frame
      title={printed ? text("ticket.title") : text("slip.writeDown")}
      lead={text(printed ? "ticket.take" : "ticket.noPaper")}
      next={{
        label: text(printed ? "ticket.done" : "slip.written"),
        onPress: () => send({ type: "SLIP_TAKEN" }),
      }}
    >
      {number}
      {screen.wait !== undefined && <Waiting wait={screen.wait} />}
      {printed && <SlipComingOut />}
    </Frame>
  );
};
