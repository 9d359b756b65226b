// How does a hand lay cards, papers and faces before the kiosk?
import { useState } from "react";
import type { DockState } from "../world.js";
import type { Act } from "./main.js";

export const People = ({ state, act }: { readonly state: DockState; readonly act: Act }) => {
  const [text, setText] = useState("");
  return (
    <section aria-label="Citizens">
      <h2>Citizens and their cards</h2>
      <p className="note">Made up, every one; their keys were made at start.</p>
      <ul className="people">
        {state.people.map((person, index) => {
          const here = state.cardOnReader === index;
          return (
            <li key={person.number} className={here ? "here" : ""}>
              <div>
                <strong>{person.name}</strong>
                <span>
                  {person.number} · {person.birthDate}
                </span>
              </div>
              <button type="button" onClick={() => act({ act: "showCardQr", person: index })}>
                Show QR
              </button>
              <button type="button" onClick={() => act({ act: "layCardBack", person: index })}>
                Back on tray
              </button>
              {here ? (
                <button type="button" className="on" onClick={() => act({ act: "liftCard" })}>
                  Lift card
                </button>
              ) : (
                <button type="button" onClick={() => act({ act: "layCard", person: index })}>
                  Lay card
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== "") act({ act: "showCode", text });
        }}
      >
        <label>
          Any code to the code reader
          <input
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="MC1:… or card text"
          />
        </label>
        <button type="submit">Show</button>
      </form>
    </section>
  );
};

const Slot = ({ state, act }: { readonly state: DockState; readonly act: Act }) => (
  <>
    <h2>Paper slot</h2>
    <p className="note">
      {`${state.slot?.feeder ?? 0} in the feeder · ${state.slot?.path ?? 0} between the rollers · ${state.slot?.out ?? 0} given back`}
    </p>
    <div className="buttons">
      {state.samples.map(({ id, title }) => (
        <button key={id} type="button" onClick={() => act({ act: "loadSheet", sample: id })}>
          Feed: {title}
        </button>
      ))}
      <button type="button" onClick={() => act({ act: "takeSheets" })}>
        Take all papers
      </button>
    </div>
  </>
);

interface TrayProps {
  readonly state: DockState;
  readonly act: Act;
  readonly upload: (to: "tray" | "face", file: File) => void;
}

export const Tray = ({ state, act, upload }: TrayProps) => (
  <section aria-label="Cameras">
    <h2>Document tray</h2>
    <div className="pictures">
      {state.tray === null ? (
        <p className="empty">empty tray</p>
      ) : (
        <figure>
          <img src={state.tray.imageUrl} alt={`On the tray: ${state.tray.title}`} />
          <figcaption>{state.tray.title}</figcaption>
        </figure>
      )}
      <div className="stack">
        <label className="file">
          Your own photo or scan
          <input
            type="file"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) upload("tray", file);
            }}
          />
        </label>
        {state.samples.map(({ id, title }) => (
          <button key={id} type="button" onClick={() => act({ act: "layPaper", sample: id })}>
            {title}
          </button>
        ))}
        <button type="button" onClick={() => act({ act: "clearTray" })}>
          Take paper away
        </button>
      </div>
    </div>
    {state.slot !== null && <Slot state={state} act={act} />}
    <h2>Face camera</h2>
    <div className="pictures">
      {state.face === null ? (
        <p className="empty">nobody</p>
      ) : (
        <img src={state.face.imageUrl} alt="Before the face camera" />
      )}
      <div className="stack">
        <label className="file">
          Stand before it: a photo
          <input
            type="file"
            accept="image/*"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) upload("face", file);
            }}
          />
        </label>
        <button type="button" onClick={() => act({ act: "leaveFace" })}>
          Walk away
        </button>
      </div>
    </div>
  </section>
);
