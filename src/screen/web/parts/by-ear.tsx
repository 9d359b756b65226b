// What stands on the screen while the visit is done by ear?
//
// The item that is spoken, large, without anything personal; or nothing, for who wants no eyes behind.
import type { EarView } from "../../../flows/view.js";
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import { SpeakIcon } from "./icons.js";

export const ByEar = ({ ear }: { readonly ear: EarView }) => {
  const { view, send, text } = useVisit();
  const { wishes } = view;
  const leave = () => send({ type: "SET_WISHES", wishes: { ...wishes, audio: false, blank: false } });
  return (
    <main className={wishes.blank ? "by-ear by-ear-blank" : "by-ear"}>
      <h1>
        <SpeakIcon /> {text(wishes.blank ? "ear.blankPanel" : "ear.panel")}
      </h1>
      {!wishes.blank && (
        <>
          <p className="by-ear-item">{ear.text}</p>
          <p className="by-ear-at">{text("ear.at", { at: ear.at, of: ear.of })}</p>
        </>
      )}
      <div className="by-ear-ways">
        <BigButton look="secondary" label={text("ear.leave")} onPress={leave} />
      </div>
    </main>
  );
};
