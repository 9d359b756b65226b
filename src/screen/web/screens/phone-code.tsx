// Does the citizen hold the phone of the form? (The code came to it, and is typed here.)
import { useEffect, useState } from "react";
import { PHONE_CODE_DIGITS } from "../../../core/mobile-number.js";
import { BigButton } from "../parts/button.js";
import { DigitPad } from "../parts/digit-pad.js";
import { Frame } from "../parts/frame.js";
import { SealedEnvelope } from "../parts/pictures.js";
import { TypedCode } from "../parts/typed-code.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

const Typing = ({ screen }: ScreenProps<"phoneCode">) => {
  const { send, text } = useVisit();
  const { tail, wrong, triesLeft, mayResend } = screen;
  const [typed, setTyped] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refused try starts over
  useEffect(() => setTyped(""), [wrong, triesLeft]);
  const submit = () => {
    if (typed.length !== PHONE_CODE_DIGITS) return;
    send({ type: "TYPE_CODE", code: typed });
    setTyped("");
  };
  return (
    <Frame
      title={text("phoneCode.title")}
      lead={text("phoneCode.sent", { tail })}
      ownFocus
      next={{
        label: text("confirm.submit"),
        onPress: submit,
        disabled: typed.length !== PHONE_CODE_DIGITS,
      }}
      aside={
        <BigButton
          look="secondary"
          label={text("phoneCode.nothing")}
          onPress={() => send({ type: "NO_CODE" })}
        />
      }
      dock={<DigitPad />}
    >
      <TypedCode
        {...{ label: text("phoneCode.typed"), length: PHONE_CODE_DIGITS, typed }}
        {...{ onTyped: setTyped, onDone: submit }}
        wrong={wrong ? text("phoneCode.wrong", { left: triesLeft ?? 0 }) : undefined}
      />
      <p className="code-note">{text("phoneCode.lead")}</p>
      {mayResend && (
        <BigButton look="secondary" label={text("phoneCode.again")} onPress={() => send({ type: "RETRY" })} />
      )}
    </Frame>
  );
};

export const PhoneCode = ({ screen }: ScreenProps<"phoneCode">) => {
  const { text } = useVisit();
  if (screen.stage === "typing") return <Typing screen={screen} />;
  return (
    <Frame title={text(screen.stage === "sending" ? "phoneCode.sending" : "phoneCode.checking")}>
      <SealedEnvelope />
    </Frame>
  );
};
