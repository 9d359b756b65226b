// Is everything right before it is submitted?
import { useState } from "react";
import { BigButton } from "../parts/button.js";
import { Covered } from "../parts/covered.js";
import { shownDate, shownFee } from "../parts/format.js";
import { Frame } from "../parts/frame.js";
import { CardIcon, PaperIcon, PencilIcon } from "../parts/icons.js";
import { ReadMine } from "../parts/read-mine.js";
import { SignaturePicture } from "../parts/signature-pad.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type Row = ScreenProps<"check">["screen"]["rows"][number];

const Source = ({ source }: { readonly source: Row["source"] }) => {
  const { text } = useVisit();
  switch (source) {
    case "card":
      return (
        <span className="badge">
          <CardIcon /> {text("form.fromCard")}
        </span>
      );
    case "paper":
      return (
        <span className="badge">
          <PaperIcon /> {text("form.fromPaper")}
        </span>
      );
    case "typed":
      return (
        <span className="badge">
          <PencilIcon /> {text("form.typed")}
        </span>
      );
    case "empty":
      return null;
  }
};

/** Its own state: the next screen covers it again. */
const Value = ({ row }: { readonly row: Row }) => {
  const { text, pick } = useVisit();
  const [seen, setSeen] = useState(false);
  if (row.value === "") return text("form.empty");
  if (row.drawn === true) return <SignaturePicture value={row.value} label={text("form.signed")} />;
  if (row.covered === true && !seen)
    return <Covered value={row.value} label={pick(row.label)} onShow={() => setSeen(true)} />;
  return shownDate(row.value);
};

type Hint = NonNullable<ScreenProps<"check">["screen"]["hints"]>[number];

/** A friend's remark: nothing is refused by it, and what is right stays as it is. */
const Hints = ({ hints }: { readonly hints: readonly Hint[] }) => {
  const { send, text, pick } = useVisit();
  if (hints.length === 0) return null;
  return (
    <section className="hints" aria-label={text("check.hints")}>
      <h2>{text("check.hints")}</h2>
      {hints.map((hint, index) => {
        const { card, given } = hint;
        const words = { label: pick(hint.label), card: card ?? "", given: given ?? "" };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a hint is known by its place in the list
          <div key={index} className="hint">
            <p>{text(hint.where === "form" ? "check.hintForm" : "check.hintPaper", words)}</p>
            <BigButton
              look="secondary"
              label={text("check.mend")}
              name={`${text("check.mend")}: ${words.label}`}
              onPress={() => send({ type: "MEND", hint: index })}
            />
          </div>
        );
      })}
      <p>{text("check.hintNote")}</p>
    </section>
  );
};

export const Check = ({ screen }: ScreenProps<"check">) => {
  const { view, send, text, pick, language } = useVisit();
  return (
    <Frame
      title={text("check.title")}
      lead={pick(screen.procedure)}
      back={{ label: text("check.wrong") }}
      aside={view.speech === undefined ? undefined : <ReadMine />}
      next={{ label: text("check.ok"), onPress: () => send({ type: "NEXT" }) }}
    >
      <Hints hints={screen.hints ?? []} />
      <dl className="rows rows-wide">
        {screen.rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rows may bear one label
          <div key={index}>
            <dt>{pick(row.label)}</dt>
            <dd>
              <Value row={row} />
            </dd>
            <dd className="rows-source">
              <Source source={row.source} />
            </dd>
          </div>
        ))}
        <div className="rows-fee">
          <dt>{text("check.fee")}</dt>
          <dd>{screen.feeVnd === 0 ? text("common.free") : shownFee(screen.feeVnd, language)}</dd>
        </div>
      </dl>
      {screen.papers.length > 0 && (
        <section aria-label={text("check.papers")}>
          <h2>{text("check.papers")}</h2>
          <ul className="thumbs">
            {screen.papers.map((paper, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two pages may bear one title
              <li key={index}>
                {paper.imageUrl !== null && <img src={paper.imageUrl} alt="" />}
                <span>{pick(paper.title)}</span>
                {paper.stored === true && (
                  <span className="badge">
                    <PaperIcon /> {text("check.storedCopy")}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Frame>
  );
};
