// What lies over a screen: the idle question, help, the wish to stop, a lost runtime?
import type { i18n } from "i18next";
import { type ReactNode, useEffect, useRef } from "react";
import type { TextKey } from "../../texts/texts.js";
import { textIn, useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import { BackIcon, CheckIcon, CloseIcon, OfficerIcon, PencilIcon } from "./icons.js";

interface OverlayProps {
  readonly title: string;
  readonly look: "idle" | "help" | "stop" | "wishes";
  readonly children: ReactNode;
}

export const Overlay = ({ title, look, children }: OverlayProps) => {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.querySelector("button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div className={`overlay overlay-${look}`}>
      <div className="overlay-box" role="dialog" aria-modal="true" aria-labelledby="overlay-title" ref={box}>
        <h2 id="overlay-title">{title}</h2>
        {children}
      </div>
    </div>
  );
};

export const IdleOverlay = ({ secondsLeft }: { readonly secondsLeft: number }) => {
  const { send, text } = useVisit();
  return (
    <Overlay look="idle" title={text("idle.title")}>
      <p className="idle-count" role="timer" aria-live="off">
        <b>{Math.max(0, Math.ceil(secondsLeft))}</b> <span>{text("idle.seconds")}</span>
      </p>
      <p>{text("idle.lead")}</p>
      <BigButton
        icon={<CheckIcon />}
        hotkey="escape"
        label={text("idle.stay")}
        onPress={() => send({ type: "STILL_HERE" })}
      />
    </Overlay>
  );
};

export const HelpOverlay = () => {
  const { view, send, text } = useVisit();
  const key: TextKey = `help.${view.screen.name}`;
  return (
    <Overlay look="help" title={text("help.title")}>
      <p className="help-text">{text(key)}</p>
      <p>{text("help.officer")}</p>
      <div className="overlay-buttons">
        <BigButton
          icon={<BackIcon />}
          hotkey="escape"
          label={text("common.close")}
          onPress={() => send({ type: "CLOSE_HELP" })}
        />
        <BigButton
          look="secondary"
          icon={<OfficerIcon />}
          label={text(view.officerCalled ? "common.officerCalled" : "common.officer")}
          disabled={view.officerCalled}
          onPress={() => send({ type: "CALL_OFFICER" })}
        />
        {view.screen.name === "attract" && (
          <BigButton
            look="secondary"
            icon={<PencilIcon />}
            label={text("help.practise")}
            onPress={() => send({ type: "PRACTISE" })}
          />
        )}
      </div>
    </Overlay>
  );
};

export const StopOverlay = ({ onStay }: { readonly onStay: () => void }) => {
  const { send, text } = useVisit();
  return (
    <Overlay look="stop" title={text("stop.title")}>
      <p>{text("stop.lead")}</p>
      <div className="overlay-buttons">
        <BigButton icon={<BackIcon />} hotkey="escape" label={text("stop.no")} onPress={onStay} />
        <BigButton
          look="danger"
          icon={<CloseIcon />}
          label={text("stop.yes")}
          onPress={() => {
            onStay();
            send({ type: "CANCEL" });
          }}
        />
      </div>
    </Overlay>
  );
};

/** No view, so no language either: both. */
export const Connecting = ({ texts }: { readonly texts: i18n }) => (
  <main className="alone" data-screen="connecting">
    <span className="alone-dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
    <h1>{textIn(texts, "vi", "link.title")}</h1>
    <p>{textIn(texts, "vi", "link.lead")}</p>
    <p lang="en">
      {textIn(texts, "en", "link.title")}. {textIn(texts, "en", "link.lead")}
    </p>
  </main>
);

export const Elsewhere = ({ texts }: { readonly texts: i18n }) => (
  <main className="alone" data-screen="elsewhere">
    <h1>{textIn(texts, "vi", "link.elsewhere")}</h1>
    <p lang="en">{textIn(texts, "en", "link.elsewhere")}</p>
    <BigButton
      label={textIn(texts, "vi", "link.useHere")}
      note={textIn(texts, "en", "link.useHere")}
      onPress={() => location.reload()}
    />
  </main>
);
