// How does the citizen pay the fee: by their own phone, or later at the desk?
import { amountInWords } from "../../../core/amount-words.js";
import { BigButton } from "../parts/button.js";
import { shownFee } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { CheckIcon } from "../parts/icons.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type PayScreen = ScreenProps<"pay">["screen"];

/** In modules; less than four and some phones do not find the code (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/** Black on white whatever the citizen's colours are: a phone reads it. */
const Code = ({ qr, label }: { readonly qr: NonNullable<PayScreen["qr"]>; readonly label: string }) => {
  const side = qr.side + 2 * QUIET_ZONE;
  const from = -QUIET_ZONE;
  return (
    <svg
      className="pay-code"
      role="img"
      aria-label={label}
      viewBox={`${from} ${from} ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect x={from} y={from} width={side} height={side} fill="#ffffff" />
      <path d={qr.path} fill="#000000" />
    </svg>
  );
};

/** In figures, and in words for whoever mistrusts noughts. */
const Amount = ({ amountVnd }: { readonly amountVnd: number }) => {
  const { text, language } = useVisit();
  return (
    <p className="number pay-amount">
      <span>{text("pay.amount")}</span>
      <b>{shownFee(amountVnd, language)}</b>
      <span>{amountInWords(amountVnd)[language]}</span>
    </p>
  );
};

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

const Facts = ({ screen }: { readonly screen: PayScreen }) => {
  const { text } = useVisit();
  return (
    <div className="pay-facts">
      <Amount amountVnd={screen.amountVnd} />
      <dl className="rows pay-rows">
        <div>
          <dt>{text("pay.payee")}</dt>
          <dd>{screen.payee}</dd>
        </div>
        {screen.reference !== null && (
          <div>
            <dt>{text("pay.reference")}</dt>
            <dd>{screen.reference}</dd>
          </div>
        )}
      </dl>
      {screen.stage === "slow" ? (
        <p className="note pay-slow" role="alert">
          {text("pay.slow")}
        </p>
      ) : (
        <p className="note">{text("pay.safe")}</p>
      )}
    </div>
  );
};

const ByPhone = ({ screen }: { readonly screen: PayScreen }) => {
  const { send, text } = useVisit();
  const slow = screen.stage === "slow";
  const more = (
    <BigButton look="secondary" label={text("pay.moreTime")} onPress={() => send({ type: "STILL_HERE" })} />
  );
  return (
    <Frame
      title={text("pay.title")}
      lead={text("pay.lead")}
      aside={slow ? more : undefined}
      next={{ label: text("pay.atDesk"), onPress: () => send({ type: "NEXT" }) }}
    >
      <div className="pay">
        <figure className="pay-figure">
          {screen.qr !== null && <Code qr={screen.qr} label={text("pay.code")} />}
          {/* Not announced each second: who can not see it hears the offer of more time. */}
          <figcaption aria-live="off">{text("pay.left", { time: clock(screen.secondsLeft) })}</figcaption>
        </figure>
        <Facts screen={screen} />
      </div>
    </Frame>
  );
};

export const Pay = ({ screen }: ScreenProps<"pay">) => {
  const { send, text } = useVisit();
  const toSlip = { label: text("pay.toSlip"), onPress: () => send({ type: "NEXT" }) };
  switch (screen.stage) {
    case "asking":
      return (
        <Frame
          title={text("pay.asking")}
          lead={text("pay.askingLead")}
          next={{ label: text("pay.atDesk"), onPress: () => send({ type: "NEXT" }) }}
        >
          <Amount amountVnd={screen.amountVnd} />
        </Frame>
      );
    case "code":
    case "slow":
      return <ByPhone screen={screen} />;
    case "paid":
      return (
        <Frame title={text("pay.paidTitle")} lead={text("pay.paidLead")} next={toSlip}>
          <p className="state pay-paid" role="status">
            <CheckIcon /> {text("pay.paidTitle")}
          </p>
          <Amount amountVnd={screen.amountVnd} />
        </Frame>
      );
    case "desk":
      return (
        <Frame title={text("pay.deskTitle")} lead={text("pay.deskLead")} next={toSlip}>
          {screen.why !== null && <p className="remedy">{text(`pay.why_${screen.why}`)}</p>}
          <Amount amountVnd={screen.amountVnd} />
        </Frame>
      );
  }
};
