// How does a kiosk.toml name the wires of a simulated board, as if they were a machine's own?
import type { BoardWiring } from "../../src/hal/board.js";

/** Fan and light lie in a sysfs of the simulation's own, which no setting names: such a kiosk has none. */
export const boardInToml = ({ fan: _fan, backlight: _backlight, ...wiring }: BoardWiring) => ({
  kind: "hardware",
  ...(JSON.parse(JSON.stringify(wiring)) as typeof wiring),
});
