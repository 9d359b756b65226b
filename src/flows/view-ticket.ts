// What does somebody see who takes a number?
import type { VisitContext } from "./context.js";
import type { Screen } from "./view.js";

type Stage = readonly string[];
type TicketScreen = Extract<Screen, { name: "ticket" }>;

export const slipStage = (stage: Stage): "printing" | "take" | "inDoubt" | "noPaper" => {
  switch (stage[0]) {
    case "taking":
      return "take";
    case "inDoubt":
    case "settling":
      return "inDoubt";
    case "noPaper":
      return "noPaper";
    default:
      return "printing";
  }
};

const asking = ({ house, queueNow }: VisitContext, stage: "service" | "group"): TicketScreen => ({
  name: "ticket",
  stage,
  number: null,
  choices:
    stage === "group"
      ? house.queue.groups
      : house.queue.services.map((service) => {
          const waiting = queueNow?.waiting[service.id];
          return waiting === undefined ? service : { ...service, waiting };
        }),
});

export const ticketScreen = (context: VisitContext, stage: Stage): TicketScreen => {
  const [first] = stage;
  if (first === "service" || first === "group") return asking(context, first);
  const { ticketNumber, ticketWait } = context;
  return {
    name: "ticket",
    stage: slipStage(stage),
    number: ticketNumber,
    ...(ticketWait !== null && { wait: ticketWait }),
  };
};
