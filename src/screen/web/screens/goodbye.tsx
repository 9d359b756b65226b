// What is left to say?
import { Frame } from "../parts/frame.js";
import { Farewell } from "../parts/pictures.js";
import { useVisit } from "../visit.js";

export const Goodbye = () => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text("goodbye.title")}
      lead={text("goodbye.lead")}
      next={{ label: text("goodbye.done"), onPress: () => send({ type: "CANCEL" }) }}
    >
      <Farewell />
      <p className="note">{text("goodbye.forgotten")}</p>
    </Frame>
  );
};
