// How does the citizen want letters, colours, the place of the buttons and the voice?
import { useEffect } from "react";
import type { Wishes } from "../../../flows/events.js";
import type { TextKey } from "../../texts/texts.js";
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import { CheckIcon } from "./icons.js";
import { Overlay } from "./overlays.js";

/** Whoever walked off left it open. */
const LEFT_OPEN_MS = 60_000;

interface Answer {
  readonly label: TextKey;
  readonly wish: Partial<Wishes>;
}

interface Question {
  readonly name: TextKey;
  readonly answers: readonly Answer[];
}

const QUESTIONS: readonly Question[] = [
  {
    name: "wishes.size",
    answers: (["normal", "large", "largest"] as const).map((size) => ({
      label: `wishes.size_${size}`,
      wish: { size },
    })),
  },
  {
    name: "wishes.contrast",
    answers: (["standard", "dark", "strong"] as const).map((contrast) => ({
      label: `wishes.contrast_${contrast}`,
      wish: { contrast },
    })),
  },
  {
    name: "wishes.place",
    answers: [
      { label: "wishes.place_all", wish: { low: false } },
      { label: "wishes.place_low", wish: { low: true } },
    ],
  },
];

const OF_THE_VOICE: readonly Question[] = [
  {
    name: "wishes.pace",
    answers: (["slow", "normal", "quick"] as const).map((pace) => ({
      label: `wishes.pace_${pace}`,
      wish: { pace },
    })),
  },
  {
    name: "wishes.volume",
    answers: (["soft", "normal", "loud"] as const).map((volume) => ({
      label: `wishes.volume_${volume}`,
      wish: { volume },
    })),
  },
];

const BY_EAR: Question = {
  name: "wishes.audio",
  answers: [
    { label: "wishes.audio_off", wish: { audio: false } },
    { label: "wishes.audio_on", wish: { audio: true } },
  ],
};

const holds = (wishes: Wishes, wish: Partial<Wishes>): boolean =>
  (Object.keys(wish) as (keyof Wishes)[]).every((key) => wishes[key] === wish[key]);

export const WishesOverlay = ({ onClose }: { readonly onClose: () => void }) => {
  const { view, send, text } = useVisit();
  const { wishes } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new wish shows that somebody is there
  useEffect(() => {
    const timer = setTimeout(onClose, LEFT_OPEN_MS);
    return () => clearTimeout(timer);
  }, [wishes]);
  return (
    <Overlay look="wishes" title={text("wishes.title")}>
      <div className="wishes">
        {[
          ...QUESTIONS,
          ...(view.speech === undefined ? [] : OF_THE_VOICE),
          ...(view.byEar === undefined ? [] : [BY_EAR]),
        ].map(({ name, answers }) => (
          <fieldset key={name} className="wish">
            <legend>{text(name)}</legend>
            <div className="wish-answers">
              {answers.map(({ label, wish }) => (
                <BigButton
                  key={label}
                  look="secondary"
                  label={text(label)}
                  pressed={holds(wishes, wish)}
                  onPress={() => send({ type: "SET_WISHES", wishes: { ...wishes, ...wish } })}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
      <BigButton icon={<CheckIcon />} hotkey="escape" label={text("wishes.done")} onPress={onClose} />
    </Overlay>
  );
};
