// Was it good?
import type { TextKey } from "../../texts/texts.js";
import { BigButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

const MARKS = [
  { stars: 1, key: "rate.one", mouth: "M30 76c8-16 32-16 40 0" },
  { stars: 2, key: "rate.two", mouth: "M32 74c9-8 27-8 36 0" },
  { stars: 3, key: "rate.three", mouth: "M32 70h36" },
  { stars: 4, key: "rate.four", mouth: "M32 64c9 10 27 10 36 0" },
  { stars: 5, key: "rate.five", mouth: "M28 60c8 22 36 22 44 0z" },
] as const satisfies readonly { readonly stars: number; readonly key: TextKey; readonly mouth: string }[];

export const Rate = ({ screen }: ScreenProps<"rate">) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text(screen.about === "result" ? "rate.resultTitle" : "rate.title")}
      lead={text("rate.lead")}
      aside={<BigButton look="secondary" label={text("rate.skip")} onPress={() => send({ type: "NEXT" })} />}
    >
      <div className="faces">
        {MARKS.map(({ stars, key, mouth }) => (
          <button
            key={stars}
            type="button"
            className={`face face-${stars}`}
            data-key={String(stars)}
            onClick={() => send({ type: "RATE", stars })}
          >
            <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
              <circle cx="50" cy="50" r="45" className="face-skin" />
              <circle cx="34" cy="40" r="5.5" className="face-eye" />
              <circle cx="66" cy="40" r="5.5" className="face-eye" />
              <path d={mouth} className={stars === 5 ? "face-mouth face-laugh" : "face-mouth"} />
            </svg>
            <b>{stars}</b>
            <span>{text(key)}</span>
          </button>
        ))}
      </div>
    </Frame>
  );
};
