// What stands on the card, when no reader can tell? (One question at a time.)
import { useState } from "react";
import { BigButton } from "../parts/button.js";
import { DateInput } from "../parts/date-input.js";
import { DigitPad } from "../parts/digit-pad.js";
import { Frame } from "../parts/frame.js";
import { PencilIcon } from "../parts/icons.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

const NUMBER_LENGTH = 12;
/** A card without end carries 991231 in its machine-readable zone. */
const NO_EXPIRY = "2099-12-31";

type Question = "number" | "birth" | "expiry";

interface Asked {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onNext: () => void;
  readonly onBack: (() => void) | undefined;
}

const AskNumber = ({ value, onChange, onNext, remedy }: Asked & { readonly remedy: string | null }) => {
  const { text } = useVisit();
  const missing = NUMBER_LENGTH - value.length;
  return (
    <Frame
      title={text("identify.typedNumber")}
      lead={text("identify.typedNumberHint")}
      ownFocus
      next={{ label: text("common.next"), onPress: onNext, disabled: missing > 0 }}
      dock={<DigitPad />}
    >
      {remedy !== null && (
        <p className="remedy" role="alert">
          {remedy}
        </p>
      )}
      <span className="box box-digits">
        <input
          value={value}
          aria-label={text("identify.typedNumber")}
          inputMode="none"
          autoComplete="off"
          maxLength={NUMBER_LENGTH}
          // biome-ignore lint/a11y/noAutofocus: typing is all there is to do here
          autoFocus
          onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, NUMBER_LENGTH))}
          onKeyDown={(event) => {
            if (event.key === "Enter" && missing === 0) onNext();
          }}
        />
        <PencilIcon />
      </span>
      {value !== "" && missing > 0 && <p className="note">{text("identify.numberShort", { missing })}</p>}
    </Frame>
  );
};

const AskDate = ({ value, onChange, onNext, onBack, question }: Asked & { readonly question: Question }) => {
  const { text } = useVisit();
  const isExpiry = question === "expiry";
  const title = text(isExpiry ? "identify.typedExpiry" : "identify.typedBirth");
  return (
    <Frame
      title={title}
      lead={isExpiry ? text("identify.typedExpiryHint") : undefined}
      ownFocus
      {...(onBack === undefined ? {} : { back: { onPress: onBack } })}
      next={{ label: text("common.next"), onPress: onNext, disabled: value === "" }}
      aside={
        isExpiry ? (
          <BigButton look="secondary" label={text("identify.noExpiry")} onPress={() => onChange(NO_EXPIRY)} />
        ) : undefined
      }
      dock={<DigitPad />}
    >
      <DateInput
        id={`typed-${question}`}
        value={value}
        label={title}
        invalid={false}
        autoFocus
        onChange={onChange}
        onFocus={() => {}}
        onEnter={() => {
          if (value !== "") onNext();
        }}
      />
    </Frame>
  );
};

interface TypedCardProps {
  readonly remedy: string | null;
  /** What a card refused; only the mistake is typed again. */
  readonly before: ScreenProps<"identify">["screen"]["typed"];
}

export const TypedCard = ({ remedy, before }: TypedCardProps) => {
  const { send } = useVisit();
  const [question, setQuestion] = useState<Question>("number");
  const [number, setNumber] = useState(before?.number ?? "");
  const [birthDate, setBirthDate] = useState(before?.birthDate ?? "");
  const [expiryDate, setExpiryDate] = useState(before?.expiryDate ?? "");
  switch (question) {
    case "number":
      return (
        <AskNumber
          key="number"
          value={number}
          onChange={setNumber}
          onNext={() => setQuestion("birth")}
          onBack={undefined}
          remedy={remedy}
        />
      );
    case "birth":
      return (
        <AskDate
          key="birth"
          question="birth"
          value={birthDate}
          onChange={setBirthDate}
          onNext={() => setQuestion("expiry")}
          onBack={() => setQuestion("number")}
        />
      );
    case "expiry":
      return (
        <AskDate
          key="expiry"
          question="expiry"
          value={expiryDate}
          onChange={setExpiryDate}
          onNext={() => {
            send({ type: "SUBMIT_TYPED", number, birthDate, expiryDate });
            // Refused, one starts from the top with everything kept; accepted, the screen goes.
            setQuestion("number");
          }}
          onBack={() => setQuestion("birth")}
        />
      );
  }
};
