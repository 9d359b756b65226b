// How does an application proceed?
import { useState } from "react";
import { FAULTS } from "../../../core/faults.js";
import { CATALOGUES } from "../../texts/texts.js";
import { BigButton } from "../parts/button.js";
import { shownAppointment, shownFee, shownTime } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { GentleTrouble, SealedEnvelope, SlipToReader } from "../parts/pictures.js";
import { TypeCode } from "../parts/type-code.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type Found = NonNullable<ScreenProps<"lookup">["screen"]["result"]>;
type KnownState = keyof typeof CATALOGUES.vi.state;

const isKnown = (state: string): state is KnownState => Object.hasOwn(CATALOGUES.vi.state, state);

const OPINIONS = {
  counted: "lookup.opinionCounted",
  already: "lookup.opinionAlready",
  notYet: "lookup.opinionNot",
  unknown: "lookup.opinionNot",
} as const;

const Result = ({ found }: { readonly found: Found }) => {
  const { send, text, pick, language } = useVisit();
  return (
    <Frame
      title={pick(found.title)}
      next={{ label: text("lookup.done"), onPress: () => send({ type: "NEXT" }) }}
      aside={
        found.mayRate === true && (
          <BigButton
            look="secondary"
            label={text("lookup.opinionButton")}
            onPress={() => send({ type: "RATE_RESULT" })}
          />
        )
      }
    >
      <p className="state">{isKnown(found.state) ? text(`state.${found.state}`) : found.state}</p>
      <dl className="rows">
        <div>
          <dt>{text("lookup.number")}</dt>
          <dd>{found.number}</dd>
        </div>
        <div>
          <dt>{text("lookup.appointment")}</dt>
          <dd>
            {found.appointment === null
              ? text("lookup.noAppointment")
              : shownAppointment(found.appointment, language)}
          </dd>
        </div>
        {found.fee !== undefined && (
          <div>
            <dt>{text("slip.fee")}</dt>
            <dd>
              {text(found.fee.paid ? "slip.feePaid" : "slip.feeDesk", {
                amount: shownFee(found.fee.amountVnd, language),
              })}
            </dd>
          </div>
        )}
        <div>
          <dt>{text("lookup.asOf")}</dt>
          <dd>{shownTime(found.asOf)}</dd>
        </div>
      </dl>
      {found.opinion !== undefined && (
        <p className="note" role="status">
          {text(OPINIONS[found.opinion])}
        </p>
      )}
      {!found.fresh && <p className="note">{text("lookup.stale")}</p>}
    </Frame>
  );
};

export const Lookup = ({ screen }: ScreenProps<"lookup">) => {
  const { send, text, pick } = useVisit();
  const [typing, setTyping] = useState(false);
  if (screen.stage === "found" && screen.result !== null) return <Result found={screen.result} />;
  if (screen.stage === "searching")
    return (
      <Frame title={text("lookup.searching")}>
        <SealedEnvelope />
      </Frame>
    );
  if (screen.stage === "unknown")
    return (
      <Frame
        title={text("lookup.unknown")}
        lead={text("lookup.unknownNote")}
        next={{ label: text("common.retry"), onPress: () => send({ type: "RETRY" }) }}
      >
        <GentleTrouble />
      </Frame>
    );
  if (typing)
    return (
      <TypeCode
        label={text("lookup.codeLabel")}
        search={text("lookup.search")}
        onBack={() => setTyping(false)}
      />
    );
  return (
    <Frame
      title={text("lookup.title")}
      lead={text("lookup.scan")}
      aside={<BigButton look="secondary" label={text("lookup.typeButton")} onPress={() => setTyping(true)} />}
    >
      {screen.fault !== null && screen.fault !== undefined && (
        <p className="remedy" role="alert">
          {pick(FAULTS[screen.fault].citizen)}
        </p>
      )}
      <SlipToReader />
    </Frame>
  );
};
