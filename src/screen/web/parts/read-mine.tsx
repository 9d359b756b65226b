// Who asks to hear what is their own? (Nobody else's ears are meant; it is never said unasked.)
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import { SpeakIcon } from "./icons.js";

export const ReadMine = () => {
  const { send, text } = useVisit();
  return (
    <BigButton
      look="secondary"
      icon={<SpeakIcon />}
      label={text("common.readMine")}
      onPress={() => send({ type: "REPLAY", mine: true })}
    />
  );
};
