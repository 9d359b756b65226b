// Is there an electronic copy that can stand for this paper?
import { useState } from "react";
import { FAULTS } from "../../../core/faults.js";
import type { StoredView } from "../../../flows/view.js";
import { BigButton } from "../parts/button.js";
import { shownDate } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { GentleTrouble, SealedEnvelope, SlipToReader } from "../parts/pictures.js";
import { TypeCode } from "../parts/type-code.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;

const Copy = ({ copy }: { readonly copy: NonNullable<StoredView["copy"]> }) => {
  const { text, pick } = useVisit();
  return (
    <div className="number">
      <span>{pick(copy.title)}</span>
      <span>
        {text("papers.storedDate")} {shownDate(copy.date)}
      </span>
    </div>
  );
};

const Scan = ({ screen }: PapersProps) => {
  const { text, pick } = useVisit();
  const [typing, setTyping] = useState(false);
  if (typing)
    return (
      <TypeCode
        label={text("slip.lookupCode")}
        search={text("papers.storedSearch")}
        onBack={() => setTyping(false)}
      />
    );
  return (
    <Frame
      title={text("papers.storedTitle")}
      lead={text("papers.storedLead")}
      aside={<BigButton look="secondary" label={text("papers.storedType")} onPress={() => setTyping(true)} />}
    >
      <p className="chip">{pick(screen.title)}</p>
      {screen.fault !== null && (
        <p className="remedy" role="alert">
          {pick(FAULTS[screen.fault].citizen)}
        </p>
      )}
      <SlipToReader />
    </Frame>
  );
};

const Found = ({ copy }: { readonly copy: StoredView["copy"] }) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text(copy === null ? "papers.storedLater" : "papers.storedFound")}
      lead={copy === null ? text("papers.storedLaterNote") : undefined}
      next={{ label: text("papers.storedUse"), onPress: () => send({ type: "NEXT" }) }}
    >
      {copy !== null && <Copy copy={copy} />}
      <SealedEnvelope />
    </Frame>
  );
};

const Refused = ({ revoked }: { readonly revoked: boolean }) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text(revoked ? "papers.storedRevoked" : "papers.storedUnknown")}
      lead={text("papers.storedUnknownNote")}
      next={{ label: text("papers.storedPaper"), onPress: () => send({ type: "NEXT" }) }}
      aside={
        <BigButton look="secondary" label={text("common.retry")} onPress={() => send({ type: "RETRY" })} />
      }
    >
      <GentleTrouble />
    </Frame>
  );
};

const Kept = ({ copy }: { readonly copy: StoredView["copy"] }) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text("papers.storedKept")}
      lead={copy === null ? text("papers.storedLater") : undefined}
      next={{ label: text("common.next"), onPress: () => send({ type: "NEXT" }) }}
      aside={
        <BigButton
          look="secondary"
          label={text("papers.storedPaper")}
          onPress={() => send({ type: "RETAKE" })}
        />
      }
    >
      {copy !== null && <Copy copy={copy} />}
      <SealedEnvelope />
    </Frame>
  );
};

export const Stored = ({ screen }: PapersProps) => {
  const { text } = useVisit();
  const { stage, copy, revoked } = screen.stored ?? { stage: "scan", copy: null, revoked: false };
  switch (stage) {
    case "scan":
      return <Scan screen={screen} />;
    case "searching":
      return (
        <Frame title={text("papers.storedSearching")}>
          <SealedEnvelope />
        </Frame>
      );
    case "found":
      return <Found copy={copy} />;
    case "refused":
      return <Refused revoked={revoked} />;
    case "kept":
      return <Kept copy={copy} />;
  }
};
