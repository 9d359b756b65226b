// How far is it, in steps and in minutes?
import type { View } from "../../../flows/view.js";
import { useVisit } from "../visit.js";

export const Progress = ({ progress }: { readonly progress: NonNullable<View["progress"]> }) => {
  const { text } = useVisit();
  const { step, of, minutesLeft } = progress;
  const minutes =
    minutesLeft < 1
      ? text("common.lastMinute")
      : text("common.minutes", { minutes: Math.round(minutesLeft) });
  return (
    <section className="progress" aria-label={text("common.progress")}>
      <p>
        <b>{text("common.step", { step, of })}</b>
        <span>{minutes}</span>
      </p>
      <span className="progress-bar" aria-hidden="true">
        {Array.from({ length: of }, (_, index) => (
          <i
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name
            key={index}
            className={index + 1 < step ? "past" : index + 1 === step ? "now" : "ahead"}
          />
        ))}
      </span>
    </section>
  );
};

/** A wait with a measure. */
export const Percent = ({ percent }: { readonly percent: number }) => {
  const { text } = useVisit();
  const whole = Math.round(Math.min(100, Math.max(0, percent)));
  return (
    <div className="percent">
      <div
        className="percent-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={whole}
        aria-label={text("common.progress")}
      >
        <i style={{ inlineSize: `${whole}%` }} />
      </div>
      <p aria-hidden="true">{whole} %</p>
    </div>
  );
};
