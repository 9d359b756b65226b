// What can go wrong with the machine, at the press of a button?
import type { DockAct, DockState } from "../world.js";
import type { Act } from "./main.js";

interface Props {
  readonly state: DockState;
  readonly act: Act;
}

const Toggle = (props: {
  readonly label: string;
  readonly on: boolean;
  readonly bad?: boolean;
  readonly set: (on: boolean) => void;
}) => (
  <button
    type="button"
    role="switch"
    aria-checked={props.on}
    className={props.on ? (props.bad === true ? "bad" : "on") : ""}
    onClick={() => props.set(!props.on)}
  >
    {props.label}
  </button>
);

const KEYS = [
  ["keyPrevious", "Previous"],
  ["keyNext", "Next"],
  ["keySelect", "Select"],
  ["keyRepeat", "Repeat"],
  ["keyVolume", "Volume"],
  ["keyPace", "Pace"],
] as const;

const DEVICES = [
  ["printer", "Printer"],
  ["chipReader", "Card reader"],
  ["codeReader", "Code reader"],
  ["document", "Document camera"],
  ["face", "Face camera"],
  ["scanner", "Scanner"],
] as const;

const Printer = ({ state, act }: Props) => (
  <>
    <h3>Printer</h3>
    <div className="buttons">
      {(["enough", "low", "out"] as const).map((level) => (
        <button
          key={level}
          type="button"
          className={state.printer.paper === level ? (level === "enough" ? "on" : "bad") : ""}
          onClick={() => act({ act: "paper", level })}
        >
          {level === "enough" ? "Full roll" : level === "low" ? "Roll nearly empty" : "No roll"}
        </button>
      ))}
      <Toggle label="Cover open" bad on={state.printer.cover} set={(open) => act({ act: "cover", open })} />
      <Toggle label="Jam" bad on={state.printer.jam} set={(on) => act({ act: "jam", on })} />
      <Toggle label="Head too hot" bad on={state.printer.hot} set={(on) => act({ act: "overheat", on })} />
    </div>
  </>
);

const Scanner = ({ state, act }: Props) => {
  if (state.slot === null) return null;
  return (
    <>
      <h3>Scanner</h3>
      <div className="buttons">
        <button type="button" onClick={() => act({ act: "sheetTrouble", kind: "jam" })}>
          Next sheet jams
        </button>
        <button type="button" onClick={() => act({ act: "sheetTrouble", kind: "doubleFeed" })}>
          Next two sheets stick together
        </button>
        <button type="button" onClick={() => act({ act: "sheetTrouble", kind: "stall" })}>
          Next sheet stalls
        </button>
        <Toggle
          label="Cover open"
          bad
          on={state.slot.cover}
          set={(open) => act({ act: "slotCover", open })}
        />
        <button type="button" onClick={() => act({ act: "freeSlot" })}>
          Free what is stuck
        </button>
      </div>
    </>
  );
};

export const Machine = ({ state, act }: Props) => {
  const simple = (label: string, what: DockAct) => (
    <button type="button" onClick={() => act(what)}>
      {label}
    </button>
  );
  return (
    <section aria-label="Machine">
      <h2>Machine</h2>
      <h3>Power and link</h3>
      <div className="buttons">
        {state.power === "off" ? (
          <button type="button" className="bad" onClick={() => act({ act: "power", on: true })}>
            Power is cut: restore
          </button>
        ) : (
          <button
            type="button"
            disabled={state.power === "starting"}
            onClick={() => act({ act: "power", on: false })}
          >
            {state.power === "starting" ? "Starting …" : "Cut the power (kill −9)"}
          </button>
        )}
        <Toggle
          label={state.link ? "Link up" : "Link cut"}
          on={state.link}
          set={(up) => act({ act: "link", up })}
        />
        <Toggle label="Mains" on={state.mains} set={(on) => act({ act: "mains", on })} />
        {simple(`Battery ${Math.round(state.battery * 100)} %: drain`, {
          act: "battery",
          fraction: Math.max(0, state.battery - 0.25),
        })}
        {simple("Charge", { act: "battery", fraction: 1 })}
        {simple("Hot cabinet (68 °C)", { act: "climate", celsius: 68 })}
        {simple("Cool cabinet", { act: "climate", celsius: 31 })}
        {simple("Hot processor (78 °C)", { act: "processor", celsius: 78 })}
        {simple("Cool processor", { act: "processor", celsius: 45 })}
        <Toggle label="Fan jammed" bad on={state.fanJammed} set={(jammed) => act({ act: "fan", jammed })} />
        {simple("Knock on the cabinet", { act: "knock" })}
        {simple("Tilt by 30°", { act: "tilt", degrees: 30 })}
        {simple("Stand upright", { act: "tilt", degrees: 0 })}
      </div>
      <Printer state={state} act={act} />
      <Scanner state={state} act={act} />
      <h3>Plugs</h3>
      <div className="buttons">
        {DEVICES.filter(([device]) => device !== "scanner" || state.slot !== null).map(([device, label]) => (
          <Toggle
            key={device}
            label={label}
            on={state.plugged[device]}
            set={(plugged) => act({ act: "plug", device, plugged })}
          />
        ))}
        {simple("Stall document camera", { act: "stall", camera: "document" })}
        {simple("Stall face camera", { act: "stall", camera: "face" })}
        {simple("Lift card after 20 APDUs", { act: "liftCardAfter", apdus: 20 })}
      </div>
      <h3>Lines</h3>
      <div className="buttons">
        <Toggle
          label="Cabinet door open"
          bad
          on={state.inputs.door}
          set={(on) => act({ act: "input", line: "door", on })}
        />
        <Toggle
          label="Somebody stands here"
          on={state.inputs.presence}
          set={(on) => act({ act: "input", line: "presence", on })}
        />
        <Toggle
          label="Help button"
          on={state.inputs.helpButton}
          set={(on) => act({ act: "input", line: "helpButton", on })}
        />
        <Toggle
          label="Headphones in"
          on={state.inputs.headphones}
          set={(on) => act({ act: "input", line: "headphones", on })}
        />
        <Toggle
          label="UPS says: no mains"
          bad
          on={state.inputs.powerLost}
          set={(on) => act({ act: "input", line: "powerLost", on })}
        />
      </div>
      <h3>Tactile keys</h3>
      <div className="buttons">
        {KEYS.map(([line, label]) => (
          <Toggle
            key={line}
            label={label}
            on={state.inputs[line]}
            set={(on) => act({ act: "input", line, on })}
          />
        ))}
      </div>
      {state.heard !== null && (
        <ol className="heard" aria-label="Said aloud">
          {state.heard.slice(-8).map(({ text, whole }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a sentence may be said twice
            <li key={index}>
              {text}
              {whole ? "" : " …"}
            </li>
          ))}
        </ol>
      )}
      <ul className="lamps">
        {Object.entries(state.lamps).map(([lamp, lit]) => (
          <li key={lamp} className={lit ? "lit" : ""}>
            {lamp}
          </li>
        ))}
      </ul>
    </section>
  );
};
