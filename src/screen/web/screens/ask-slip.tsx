// Did the slip come out? (Asked alike wherever a print's fate is unknown.)
import { BigButton } from "../parts/button.js";
import { CheckIcon } from "../parts/icons.js";
import { SlipComingOut } from "../parts/pictures.js";
import { useVisit } from "../visit.js";

export const AskSlip = () => {
  const { send, text } = useVisit();
  return (
    <>
      <SlipComingOut />
      <div className="answers spread">
        <BigButton
          icon={<CheckIcon />}
          label={text("slip.yes")}
          hotkey="1"
          onPress={() => send({ type: "SLIP_CAME_OUT", yes: true })}
        />
        <BigButton
          look="secondary"
          label={text("slip.no")}
          hotkey="2"
          onPress={() => send({ type: "SLIP_CAME_OUT", yes: false })}
        />
      </div>
    </>
  );
};
