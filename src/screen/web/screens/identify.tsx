// Who is it? (The card's square code, then its chip; or typed by hand.)
import { FAULTS } from "../../../core/faults.js";
import { BigButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { CardBackOnTray, CardOnReader, CardToReader, GentleTrouble } from "../parts/pictures.js";
import { Percent } from "../parts/progress.js";
import { useVisit } from "../visit.js";
import { Face, FaceFailed } from "./face.js";
import type { ScreenProps } from "./screen-of.js";
import { TypedCard } from "./typed-card.js";

const TypeInstead = () => {
  const { send, text } = useVisit();
  return (
    <BigButton
      look="secondary"
      label={text("identify.typeInstead")}
      onPress={() => send({ type: "TYPE_INSTEAD" })}
    />
  );
};

const ShowBack = () => {
  const { send, text } = useVisit();
  return (
    <BigButton
      look="secondary"
      label={text("identify.showBack")}
      onPress={() => send({ type: "SHOW_BACK" })}
    />
  );
};

const SkipChip = () => {
  const { send, text } = useVisit();
  return (
    <BigButton
      look="secondary"
      label={text("identify.skipChip")}
      onPress={() => send({ type: "SKIP_CHIP" })}
    />
  );
};

export const Identify = ({ screen }: ScreenProps<"identify">) => {
  const { send, text, pick } = useVisit();
  const remedy = screen.fault === null ? null : pick(FAULTS[screen.fault].citizen);
  switch (screen.stage) {
    case "typed":
      return <TypedCard remedy={remedy} before={screen.typed} />;
    case "showQr":
      return (
        <Frame title={text("identify.qrTitle")} lead={text("identify.qrLead")} aside={<ShowBack />}>
          {remedy !== null && (
            <p className="remedy" role="alert">
              {remedy}
            </p>
          )}
          <CardToReader />
          <p className="note">{text("identify.vneid")}</p>
        </Frame>
      );
    case "cardBack":
      return (
        <Frame title={text("identify.backTitle")} lead={text("identify.backLead")} aside={<TypeInstead />}>
          <CardBackOnTray />
          <p className="note" role="status">
            {text("identify.backLooking")}
          </p>
        </Frame>
      );
    case "layCard":
      return (
        <Frame
          title={text("identify.layTitle")}
          lead={text("identify.layLead")}
          aside={screen.canSkipChip ? <SkipChip /> : undefined}
        >
          {remedy !== null && (
            <p className="remedy" role="alert">
              {remedy}
            </p>
          )}
          <CardOnReader />
        </Frame>
      );
    case "reading":
      return (
        <Frame title={text("identify.readingTitle")} lead={text("identify.readingLead")}>
          <CardOnReader busy />
          <Percent percent={screen.percent} />
        </Frame>
      );
    case "failed":
      return (
        <Frame
          title={text("identify.failedTitle")}
          next={{ label: text("common.retry"), onPress: () => send({ type: "RETRY" }) }}
          aside={screen.canSkipChip ? <SkipChip /> : <TypeInstead />}
        >
          <p className="remedy" role="alert">
            {remedy}
          </p>
          <GentleTrouble />
        </Frame>
      );
    case "face":
      return (
        <Face
          coach={screen.face?.coach ?? "centre"}
          slow={screen.face?.slow === true}
          percent={screen.percent}
        />
      );
    case "faceFailed":
      return <FaceFailed remedy={remedy} canRetry={screen.canRetryFace === true} />;
  }
};
