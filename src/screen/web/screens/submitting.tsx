// What happens to the application now?
import { Frame } from "../parts/frame.js";
import { SealedEnvelope } from "../parts/pictures.js";
import { useVisit } from "../visit.js";

export const Submitting = () => {
  const { text } = useVisit();
  return (
    <Frame title={text("submitting.title")} lead={text("submitting.lead")}>
      <SealedEnvelope />
    </Frame>
  );
};
