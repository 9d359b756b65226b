// Which screen is shown, and what lies over it?
import type { i18n } from "i18next";
import { useEffect, useLayoutEffect, useState } from "react";
import type { CitizenEvent } from "../../flows/events.js";
import type { Screen, View } from "../../flows/view.js";
import { installEarKeys } from "./ear-keys.js";
import type { FieldSender } from "./field-sender.js";
import { installKeys } from "./keys.js";
import type { LinkState, VisitLink } from "./link.js";
import { ByEar } from "./parts/by-ear.js";
import { Connecting, Elsewhere, HelpOverlay, IdleOverlay, StopOverlay } from "./parts/overlays.js";
import { WishesOverlay } from "./parts/wishes-overlay.js";
import { screenKey } from "./screen-key.js";
import { Attract } from "./screens/attract.js";
import { Check } from "./screens/check.js";
import { Confirm } from "./screens/confirm.js";
import { Form } from "./screens/form.js";
import { Goodbye } from "./screens/goodbye.js";
import { Identify } from "./screens/identify.js";
import { LanguageChoice } from "./screens/language.js";
import { Lookup } from "./screens/lookup.js";
import { Papers } from "./screens/papers.js";
import { Pay } from "./screens/pay.js";
import { PhoneCode } from "./screens/phone-code.js";
import { ProcedureChoice } from "./screens/procedure.js";
import { Rate } from "./screens/rate.js";
import { Slip } from "./screens/slip.js";
import { SlipInDoubt } from "./screens/slip-in-doubt.js";
import { Submitting } from "./screens/submitting.js";
import { Ticket } from "./screens/ticket.js";
import { Trouble } from "./screens/trouble.js";
import { textIn, type Visit, VisitProvider } from "./visit.js";

const ScreenOf = ({ screen }: { readonly screen: Screen }) => {
  switch (screen.name) {
    case "attract":
      return <Attract screen={screen} />;
    case "language":
      return <LanguageChoice />;
    case "procedure":
      return <ProcedureChoice screen={screen} />;
    case "ticket":
      return <Ticket screen={screen} />;
    case "lookup":
      return <Lookup screen={screen} />;
    case "identify":
      return <Identify screen={screen} />;
    case "form":
      return <Form screen={screen} />;
    case "papers":
      return <Papers screen={screen} />;
    case "check":
      return <Check screen={screen} />;
    case "confirm":
      return <Confirm screen={screen} />;
    case "phoneCode":
      return <PhoneCode screen={screen} />;
    case "submitting":
      return <Submitting />;
    case "pay":
      return <Pay screen={screen} />;
    case "slip":
      return <Slip screen={screen} />;
    case "rate":
      return <Rate screen={screen} />;
    case "goodbye":
      return <Goodbye />;
    case "slipInDoubt":
      return <SlipInDoubt screen={screen} />;
    case "trouble":
      return <Trouble screen={screen} />;
  }
};

export interface AppParts {
  readonly state: LinkState;
  readonly link: VisitLink;
  readonly sender: FieldSender;
  readonly texts: i18n;
}

const Shown = ({ view, link, sender, texts }: Omit<AppParts, "state"> & { readonly view: View }) => {
  const [stopping, setStopping] = useState(false);
  const [wishing, setWishing] = useState(false);
  const { language, screen } = view;
  const send = (event: CitizenEvent): void => {
    sender.flush();
    link.send(event);
  };
  const visit: Visit = {
    view,
    language,
    send,
    setField: (event) => sender.set(event),
    text: (key, words) => textIn(texts, language, key, words),
    pick: (text) => text[language],
    askToStop: () => setStopping(true),
    askForWishes: () => setWishing(true),
  };
  const key = screenKey(screen);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new screen closes the question of the old one
  useEffect(() => {
    setStopping(false);
    setWishing(false);
  }, [key]);
  const { size, contrast, low } = view.wishes;
  useLayoutEffect(() => {
    Object.assign(document.documentElement.dataset, { size, contrast, low: String(low) });
  }, [size, contrast, low]);
  useEffect(() => installKeys());
  const ear = view.byEar ?? null;
  const canHear = view.byEar !== undefined;
  const resting = screen.name === "attract";
  const isByEar = ear !== null;
  useEffect(() => {
    if (!canHear) return;
    return installEarKeys({
      on: isByEar,
      resting,
      press: (pressed) => {
        sender.flush();
        link.key(pressed);
      },
    });
  }, [canHear, isByEar, resting, link, sender]);
  const { speech } = view;
  useEffect(() => {
    if (speech !== "on") return;
    const onTouch = () => link.touch();
    // While it goes down, before any click: speech must not talk over somebody who acts.
    document.addEventListener("pointerdown", onTouch, { capture: true });
    document.addEventListener("keydown", onTouch, { capture: true });
    return () => {
      document.removeEventListener("pointerdown", onTouch, { capture: true });
      document.removeEventListener("keydown", onTouch, { capture: true });
    };
  }, [speech, link]);

  const idle = view.idle !== null && screen.name !== "attract";
  const covered = idle || view.helpOpen || stopping || wishing;
  if (ear !== null)
    return (
      <VisitProvider value={visit}>
        <div className="screen screen-by-ear" data-screen={key} data-revision={view.revision}>
          <ByEar ear={ear} />
        </div>
      </VisitProvider>
    );
  return (
    <VisitProvider value={visit}>
      <div
        className={`screen screen-${screen.name}`}
        data-screen={key}
        data-revision={view.revision}
        inert={covered}
      >
        <ScreenOf key={key} screen={screen} />
      </div>
      {stopping && !idle && <StopOverlay onStay={() => setStopping(false)} />}
      {view.helpOpen && !idle && <HelpOverlay />}
      {wishing && !idle && !view.helpOpen && <WishesOverlay onClose={() => setWishing(false)} />}
      {idle && view.idle !== null && <IdleOverlay secondsLeft={view.idle.secondsLeft} />}
    </VisitProvider>
  );
};

export const App = ({ state, link, sender, texts }: AppParts) => {
  if (state.status === "open") return <Shown view={state.view} link={link} sender={sender} texts={texts} />;
  return state.status === "elsewhere" ? <Elsewhere texts={texts} /> : <Connecting texts={texts} />;
};
