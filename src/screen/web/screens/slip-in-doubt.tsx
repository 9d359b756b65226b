// After a power cut: did the last slip come out?
import { Frame } from "../parts/frame.js";
import { SlipComingOut } from "../parts/pictures.js";
import { useVisit } from "../visit.js";
import { AskSlip } from "./ask-slip.js";
import type { ScreenProps } from "./screen-of.js";

export const SlipInDoubt = ({ screen }: ScreenProps<"slipInDoubt">) => {
  const { text } = useVisit();
  if (screen.stage === "ask")
    return (
      <Frame title={text("slipInDoubt.title", { number: screen.slipNumber })} lead={text("slipInDoubt.lead")}>
        <AskSlip />
      </Frame>
    );
  return (
    <Frame
      title={text(screen.stage === "printing" ? "slipInDoubt.printing" : "slipInDoubt.done")}
      lead={screen.stage === "printing" ? text("slip.take") : undefined}
    >
      <SlipComingOut />
    </Frame>
  );
};
