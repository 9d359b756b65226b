// What does the citizen carry home, on paper or written down?
import { FAULTS } from "../../../core/faults.js";
import { shownAppointment, shownFee } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { SlipComingOut } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import { AskSlip } from "./ask-slip.js";
import type { ScreenProps } from "./screen-of.js";

type SlipScreen = ScreenProps<"slip">["screen"];

const Essentials = ({ slip, withCode }: { readonly slip: SlipScreen; readonly withCode: boolean }) => {
  const { text, language } = useVisit();
  return (
    <div className="essentials">
      <p className="number">
        <span>{text("slip.number")}</span>
        <b>{slip.number}</b>
      </p>
      <dl className="rows">
        <div>
          <dt>{text("slip.appointment")}</dt>
          <dd>
            {slip.appointment === null ? text("slip.later") : shownAppointment(slip.appointment, language)}
          </dd>
        </div>
        {slip.receiptNumber !== null && (
          <div>
            <dt>{text("slip.receipt")}</dt>
            <dd>{slip.receiptNumber}</dd>
          </div>
        )}
        {slip.fee !== undefined && (
          <div>
            <dt>{text("slip.fee")}</dt>
            <dd>
              {text(slip.fee.paid ? "slip.feePaid" : "slip.feeDesk", {
                amount: shownFee(slip.fee.amountVnd, language),
              })}
            </dd>
          </div>
        )}
        {withCode && (
          <div>
            <dt>{text("slip.lookupCode")}</dt>
            <dd>{slip.lookupCode}</dd>
          </div>
        )}
      </dl>
    </div>
  );
};

export const Slip = ({ screen }: ScreenProps<"slip">) => {
  const { send, text, pick } = useVisit();
  const remedy = screen.fault === null ? null : pick(FAULTS[screen.fault].citizen);
  const taken = () => send({ type: "SLIP_TAKEN" });
  switch (screen.stage) {
    case "printing":
      return (
        <Frame title={text("slip.printing")} lead={text("slip.take")}>
          <Essentials slip={screen} withCode={false} />
          <SlipComingOut />
        </Frame>
      );
    case "inDoubt":
      return (
        <Frame title={text("slip.askTitle")} lead={text("slip.askLead")}>
          <p className="note">{text("slip.safe")}</p>
          <AskSlip />
        </Frame>
      );
    case "take":
      return (
        <Frame
          title={text("slip.title")}
          lead={text("slip.take")}
          next={{ label: text("slip.taken"), onPress: taken }}
        >
          {screen.reminder === true && (
            <p className="remedy" role="alert">
              {text("slip.reminder")}
            </p>
          )}
          <Essentials slip={screen} withCode={false} />
          <SlipComingOut />
          {screen.reminder !== true && <p className="note">{text("slip.qrHint")}</p>}
        </Frame>
      );
    case "noPaper":
      return (
        <Frame
          title={text("slip.writeDown")}
          lead={text("slip.safe")}
          next={{ label: text("slip.written"), onPress: taken }}
        >
          {remedy !== null && (
            <p className="remedy" role="alert">
              {remedy}
            </p>
          )}
          <Essentials slip={screen} withCode />
        </Frame>
      );
  }
};
