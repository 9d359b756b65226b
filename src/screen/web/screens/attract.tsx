// What does somebody see who walks past?
import { useEffect, useRef } from "react";
import { FAULTS } from "../../../core/faults.js";
import { CATALOGUES } from "../../texts/texts.js";
import { BigButton } from "../parts/button.js";
import { CardIcon, HelpIcon, LettersIcon, NextIcon } from "../parts/icons.js";
import { OutOfService } from "../parts/pictures.js";
import { Village } from "../parts/village.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type Queue = NonNullable<ScreenProps<"attract">["screen"]["queue"]>;

/** Vietnamese alone: a number and a counter are read in any language. */
const NowCalled = ({ queue }: { readonly queue: Queue }) => {
  const { attract } = CATALOGUES.vi;
  return (
    <span className="attract-called">
      <span>
        {attract.calling.text} <small>{`${attract.asOf.text} ${queue.asOf.slice(11, 16)}`}</small>
      </span>
      {queue.called.map(({ number, counter }) => (
        <span key={`${number} ${counter}`} className="attract-call">
          <b>{number}</b>
          <small>{`${attract.counter.text} ${counter}`}</small>
        </span>
      ))}
    </span>
  );
};

export const Attract = ({ screen }: ScreenProps<"attract">) => {
  const { view, send, text, askForWishes } = useVisit();
  const start = useRef<HTMLButtonElement>(null);
  const tools = (
    <nav className="attract-tools" aria-label={text("common.tools")}>
      <BigButton look="quiet" icon={<LettersIcon />} label={text("wishes.button")} onPress={askForWishes} />
      {view.can.help && (
        <BigButton
          look="quiet"
          icon={<HelpIcon />}
          label={text("common.help")}
          onPress={() => send({ type: "HELP" })}
        />
      )}
    </nav>
  );
  // Without a focus ring for those who touch; any key focuses, Enter starts.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.activeElement instanceof HTMLButtonElement || start.current?.closest("[inert]")) return;
      start.current?.focus();
      if (event.key === "Enter" || event.key === " ") start.current?.click();
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const { vi, en } = { vi: CATALOGUES.vi.attract, en: CATALOGUES.en.attract };
  if (screen.outOfService !== null) {
    const { citizen } = FAULTS[screen.outOfService];
    return (
      <main className="attract attract-closed">
        {tools}
        <OutOfService />
        <h1>{vi.closed.text}</h1>
        <p>{citizen.vi}</p>
        <p>{vi.closedNote.text}</p>
        <div lang="en" className="attract-second">
          <p>
            <b>{en.closed.text}.</b> {citizen.en}
          </p>
          <p>{en.closedNote.text}</p>
        </div>
      </main>
    );
  }
  return (
    <main className="attract">
      <Village />
      <button type="button" className="attract-all" ref={start} onClick={() => send({ type: "WAKE" })}>
        <span className="attract-hello">{vi.hello.text}</span>
        <span className="attract-what">{vi.what.text}</span>
        <span className="attract-second" lang="en">
          {en.hello.text}. {en.what.text}.
        </span>
        <span className="attract-start">
          <span>
            {vi.start.text}
            <small lang="en">{en.start.text}</small>
          </span>
          <NextIcon />
        </span>
        {screen.queue !== undefined && <NowCalled queue={screen.queue} />}
        <span className="attract-need">
          <CardIcon />
          <span>
            {vi.need.text}
            <small lang="en">{en.need.text}</small>
          </span>
        </span>
      </button>
      {tools}
    </main>
  );
};
