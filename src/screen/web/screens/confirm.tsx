// Does the citizen mean it? (The code shows intent; it is read off the same screen.)
import { useEffect, useState } from "react";
import { whyOnScreen } from "../../why-on-screen.js";
import { DigitPad } from "../parts/digit-pad.js";
import { Frame } from "../parts/frame.js";
import { TypedCode } from "../parts/typed-code.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

export const Confirm = ({ screen }: ScreenProps<"confirm">) => {
  const { send, text } = useVisit();
  const { code, wrong, why } = screen;
  const [typed, setTyped] = useState("");
  // A refused try starts over, with the same digits or fresh ones.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the runtime shows a code anew
  useEffect(() => setTyped(""), [code, wrong]);
  const submit = () => {
    if (typed.length !== code.length) return;
    send({ type: "TYPE_CODE", code: typed });
    setTyped("");
  };
  return (
    <Frame
      title={text("confirm.title")}
      lead={why === undefined ? text("confirm.lead") : text(whyOnScreen(why))}
      ownFocus
      next={{ label: text("confirm.submit"), onPress: submit, disabled: typed.length !== code.length }}
      dock={<DigitPad />}
    >
      <p className="code">
        <span>{text("confirm.code")}</span>
        <b>{code}</b>
      </p>
      <TypedCode
        {...{ label: text("confirm.typed"), length: code.length, typed }}
        {...{ onTyped: setTyped, onDone: submit }}
        wrong={wrong ? text("confirm.wrong") : undefined}
      />
    </Frame>
  );
};
