// Which numbers does the machine itself give: warmth, power, doors, disk, age?
import { statfsSync } from "node:fs";
import type { Board } from "../hal/board.js";

export interface FigureParts {
  readonly board: Pick<Board, "climate" | "power" | "lines">;
  readonly stateDir: string;
  /** Since the start. */
  readonly visits: () => number;
  /** `performance.now()` at the start. */
  readonly startedAt: number;
}

const round = (value: number, places: number): number => Number(value.toFixed(places));

/** Not fitted, absent or failing: no figure, and the device's own fault says why. */
const orNull = async <T>(measure: Promise<T>): Promise<T | null> => measure.catch(() => null);

const diskUsed = (stateDir: string): number | null => {
  try {
    const { blocks, bavail } = statfsSync(stateDir);
    return blocks === 0 ? null : round(1 - bavail / blocks, 4);
  } catch {
    return null;
  }
};

/** Never rejects. */
export const kioskFigures = async ({
  board,
  stateDir,
  visits,
  startedAt,
}: FigureParts): Promise<Readonly<Record<string, number | null>>> => {
  const [climate, power, door] = await Promise.all([
    orNull(board.climate.use((open) => open.read())),
    orNull(board.power.use((open) => open.read())),
    orNull(board.lines.use((open) => open.read("door"))),
  ]);
  return {
    temperatureCelsius: climate === null ? null : round(climate.celsius, 1),
    humidityPercent: climate === null ? null : round(climate.relativeHumidity, 1),
    mains: power === null ? null : Number(power.mains),
    batteryFraction: power === null ? null : round(power.batteryFraction, 3),
    doorOpen: door === null ? null : Number(door),
    diskUsedFraction: diskUsed(stateDir),
    visits: visits(),
    uptimeSeconds: Math.round((performance.now() - startedAt) / 1000),
  };
};
