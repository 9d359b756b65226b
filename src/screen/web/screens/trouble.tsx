// What went wrong, and what can one do?
import { FAULTS } from "../../../core/faults.js";
import { Frame } from "../parts/frame.js";
import { GentleTrouble } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

export const Trouble = ({ screen }: ScreenProps<"trouble">) => {
  const { send, text, pick } = useVisit();
  return (
    <Frame
      title={text("trouble.title")}
      lead={text("trouble.lead")}
      next={{ label: text("common.retry"), onPress: () => send({ type: "RETRY" }) }}
    >
      <p className="remedy" role="alert">
        {pick(FAULTS[screen.fault].citizen)}
      </p>
      <GentleTrouble />
    </Frame>
  );
};
