// What does the person before the face camera see: one thing to do at a time, and never a blame?
import type { FaceCoach } from "../../../flows/events.js";
import { BigButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { FaceInFrame, OfficerHelps } from "../parts/pictures.js";
import { Percent } from "../parts/progress.js";
import { useVisit } from "../visit.js";

export interface FaceProps {
  readonly coach: FaceCoach;
  readonly slow: boolean;
  readonly percent: number;
}

const MoreTime = () => {
  const { send, text } = useVisit();
  return (
    <BigButton
      look="primary"
      label={text("identify.faceMoreTime")}
      onPress={() => send({ type: "STILL_HERE" })}
    />
  );
};

const toSide = (coach: FaceCoach): "left" | "right" | null => {
  if (coach === "turnLeft") return "left";
  return coach === "turnRight" ? "right" : null;
};

export const Face = ({ coach, slow, percent }: FaceProps) => {
  const { text } = useVisit();
  return (
    <Frame
      title={text("identify.faceTitle")}
      lead={text("identify.faceLead")}
      aside={slow ? <MoreTime /> : undefined}
    >
      <p className="coach" role="status">
        {text(slow ? "identify.faceSlow" : `identify.face_${coach}`)}
      </p>
      <FaceInFrame turn={slow ? null : toSide(coach)} />
      <Percent percent={percent} />
    </Frame>
  );
};

export interface FaceFailedProps {
  readonly remedy: string | null;
  readonly canRetry: boolean;
}

/** An officer is the way on; another try is there for whoever wants it. */
export const FaceFailed = ({ remedy, canRetry }: FaceFailedProps) => {
  const { view, send, text } = useVisit();
  const officer = {
    label: text(view.officerCalled ? "common.officerCalled" : "common.officer"),
    disabled: view.officerCalled,
    onPress: () => send({ type: "CALL_OFFICER" }),
  };
  const retry = { label: text("common.retry"), onPress: () => send({ type: "RETRY" }) };
  return (
    <Frame
      title={text(canRetry ? "identify.faceRetryTitle" : "identify.faceFailedTitle")}
      next={canRetry ? retry : officer}
    >
      <p className="remedy" role="alert">
        {remedy}
      </p>
      {canRetry && <p className="note">{text("identify.faceTips")}</p>}
      <OfficerHelps />
    </Frame>
  );
};
