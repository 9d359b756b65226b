// Where is everything on a screen? (The same place on each.)
//
// A page that is longer than the panel shows its rest before it lets one go on.
// Top: stop, officer, help, letters, language; under it the steps. Bottom: back at the left, onward at the right.
// On request (a wheelchair) what is pressed comes down to the lower half, and the heading stays above it.
import { type ReactNode, useEffect, useRef } from "react";
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import {
  BackIcon,
  CloseIcon,
  DownIcon,
  HelpIcon,
  LanguageIcon,
  LettersIcon,
  MuteIcon,
  NextIcon,
  OfficerIcon,
  ReplayIcon,
  SpeakIcon,
} from "./icons.js";
import { useMoreBelow } from "./more-below.js";
import { Progress } from "./progress.js";

export interface Onward {
  readonly label: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
}

export interface FrameProps {
  readonly title: string;
  readonly lead?: string | undefined;
  readonly children?: ReactNode;
  readonly next?: Onward;
  /** Replaces what Back does (a step inside the screen) or its words. */
  readonly back?: { readonly label?: string; readonly onPress?: () => void };
  /** Between Back and Next: the way round. */
  readonly aside?: ReactNode;
  /** Keyboard or digit pad. */
  readonly dock?: ReactNode;
  /** Leaves the focus alone: the screen sets it. */
  readonly ownFocus?: boolean;
}

const Top = () => {
  const { view, send, text, askToStop, askForWishes } = useVisit();
  return (
    <header className="top">
      {view.can.cancel ? (
        <BigButton look="quiet" icon={<CloseIcon />} label={text("common.cancel")} onPress={askToStop} />
      ) : (
        <span />
      )}
      <span className="top-tools">
        <BigButton
          look="quiet"
          icon={<OfficerIcon />}
          label={text(view.officerCalled ? "common.officerCalled" : "common.officer")}
          disabled={view.officerCalled}
          onPress={() => send({ type: "CALL_OFFICER" })}
        />
        {view.speech !== undefined && (
          <BigButton
            look="quiet"
            icon={<ReplayIcon />}
            label={text("common.replay")}
            onPress={() => send({ type: "REPLAY", mine: false })}
          />
        )}
        {view.speech !== undefined && (
          <BigButton
            look="quiet"
            icon={view.speech === "on" ? <MuteIcon /> : <SpeakIcon />}
            label={text(view.speech === "on" ? "common.mute" : "common.speak")}
            onPress={() => send({ type: "SPEAK", on: view.speech !== "on" })}
          />
        )}
        {view.can.help && (
          <BigButton
            look="quiet"
            icon={<HelpIcon />}
            label={text("common.help")}
            onPress={() => send({ type: "HELP" })}
          />
        )}
        <BigButton look="quiet" icon={<LettersIcon />} label={text("wishes.button")} onPress={askForWishes} />
        {/* On the screen that asks for the language it would be an answer. */}
        {view.screen.name !== "language" && (
          <BigButton
            look="quiet"
            icon={<LanguageIcon />}
            label={text("common.otherLanguage")}
            onPress={() => send({ type: "CHOOSE_LANGUAGE", language: view.language === "vi" ? "en" : "vi" })}
          />
        )}
      </span>
    </header>
  );
};

const Bottom = ({ next, back, aside, more }: FrameProps & { readonly more: (() => void) | null }) => {
  const { view, send, text } = useVisit();
  const showsBack = view.can.back || back?.onPress !== undefined;
  return (
    <nav className="bottom" aria-label={text("common.moves")}>
      <span className="bottom-back">
        {showsBack && (
          <BigButton
            look="secondary"
            icon={<BackIcon />}
            hotkey="escape"
            label={back?.label ?? text("common.back")}
            onPress={back?.onPress ?? (() => send({ type: "BACK" }))}
          />
        )}
      </span>
      <span className="bottom-aside">{aside}</span>
      <span className="bottom-next">
        {more !== null ? (
          <BigButton look="primary" iconAfter={<DownIcon />} label={text("common.more")} onPress={more} />
        ) : (
          next !== undefined && (
            <BigButton
              iconAfter={<NextIcon />}
              label={next.label}
              onPress={next.onPress}
              disabled={next.disabled === true}
            />
          )
        )}
      </span>
    </nav>
  );
};

const Above = ({ children }: { readonly children: ReactNode }) => {
  const { view, text } = useVisit();
  const notice = (
    <>
      {view.practice === true && (
        <p className="practice-notice" role="status">
          {text("common.practice")}
        </p>
      )}
      {view.officerCalled && (
        <p className="officer-notice" role="status">
          <OfficerIcon /> {text("common.officerNotice")}
        </p>
      )}
    </>
  );
  const progress = view.progress !== null && <Progress progress={view.progress} />;
  // The heading stands up there alone, and the tools come down to the hands.
  if (view.wishes.low)
    return (
      <section className="above" aria-label={text("common.reading")}>
        {progress}
        {notice}
        <div className="heading">{children}</div>
      </section>
    );
  return (
    <div className="above">
      <Top />
      {progress}
      {notice}
    </div>
  );
};

export const Frame = (props: FrameProps) => {
  const { view } = useVisit();
  const { low } = view.wishes;
  const main = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const hasDock = props.dock !== undefined && props.dock !== null;
  const { below, overflows, scrollOn } = useMoreBelow(main);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the screen appears
  useEffect(() => {
    if (props.ownFocus !== true) title.current?.focus();
  }, []);
  const heading = (
    <>
      <h1 ref={title} tabIndex={-1}>
        {props.title}
      </h1>
      {props.lead !== undefined && <p className="lead">{props.lead}</p>}
    </>
  );
  return (
    <>
      <Above>{low && heading}</Above>
      {low && <Top />}
      <main
        className={hasDock ? "main main-docked" : "main"}
        ref={main}
        // A region that scrolls must be reachable by keyboard.
        tabIndex={overflows ? 0 : undefined}
      >
        {!low && heading}
        {props.children}
      </main>
      {props.dock}
      <Bottom {...props} more={hasDock || !below ? null : scrollOn} />
    </>
  );
};
