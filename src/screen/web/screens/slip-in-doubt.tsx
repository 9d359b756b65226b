// After a power cut: did the last slip come out?
import { BigButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { SlipComingOut } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import { AskSlip } from "./ask-slip.js";
import type { ScreenProps } from "./screen-of.js";

export const SlipInDoubt = ({ screen }: ScreenProps<"slipInDoubt">) => {
  const { send, text } = useVisit();
  if (screen.stage === "ask")
    return (
      <Frame
        title={text("slipInDoubt.title", { number: screen.slipNumber })}
        lead={text("slipInDoubt.lead")}
        aside={
          <BigButton
            look="secondary"
            label={text("slipInDoubt.notMine")}
            onPress={() => send({ type: "CANCEL" })}
          />
        }
      >
        <AskSlip />
      </Frame>
    );
  if (screen.stage === "printing")
    return (
      <Frame title={text("slipInDoubt.printing")} lead={text("slip.take")}>
        <SlipComingOut />
      </Frame>
    );
  return (
    <Frame
      title={text("slipInDoubt.done")}
      next={{ label: text("goodbye.done"), onPress: () => send({ type: "NEXT" }) }}
    >
      <SlipComingOut />
    </Frame>
  );
};
