// What came out of the printer, dot for dot?
import type { DockState } from "../world.js";
import type { Act } from "./main.js";

export const Slips = ({ state, act }: { readonly state: DockState; readonly act: Act }) => (
  <section aria-label="Printed slips">
    <h2>
      Paper from the printer
      {state.slips.length > 0 && (
        <button type="button" onClick={() => act({ act: "takeSlips" })}>
          Take all
        </button>
      )}
    </h2>
    {state.slips.length === 0 && <p className="empty">Nothing has been printed yet.</p>}
    {state.slips.map((slip) => (
      <figure key={slip.serial} className="slip">
        <img src={slip.imageUrl} alt={`Slip ${slip.serial}`} />
        <figcaption>
          {slip.complete ? "cut" : "torn: the print was broken off"}
          {slip.code !== null && (
            <button type="button" onClick={() => act({ act: "showSlipQr", serial: slip.serial })}>
              Show its QR to the code reader
            </button>
          )}
        </figcaption>
      </figure>
    ))}
  </section>
);
