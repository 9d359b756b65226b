// How content were the citizens, at which kiosk, on which day, with which procedure?
//
// Anonymous from the start: the kiosk counts faces a day and a procedure, and tells the counts so far. A count only
// grows, so what comes twice or late changes nothing.

import { decode } from "../sync/protocol/validate.js";
import type { PortalDb } from "./db/portal-db.js";

/** How many chose 1, 2, 3, 4, 5 of five faces. */
export type Faces = readonly [number, number, number, number, number];

export const NO_FACES: Faces = [0, 0, 0, 0, 0];

export interface RatedGroup {
  readonly kiosk: string;
  readonly procedure: string;
  readonly faces: Faces;
}

export const facesCount = (faces: Faces): number => faces.reduce((sum, count) => sum + count, 0);

/** 1 … 5; null when nobody said. */
export const meanOfFaces = (faces: Faces): number | null => {
  const all = facesCount(faces);
  return all === 0 ? null : faces.reduce((sum, count, place) => sum + count * (place + 1), 0) / all;
};

export const addFaces = (a: Faces, b: Faces): Faces => [
  a[0] + b[0],
  a[1] + b[1],
  a[2] + b[2],
  a[3] + b[3],
  a[4] + b[4],
];

export class Ratings {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  keep(kiosk: string, payload: Uint8Array): void {
    const message = decode("ratings", payload);
    if (!message.ok) return;
    this.#db
      .transaction(() => {
        const put = this.#db.prepare(`INSERT INTO ratings (kiosk, day, procedure_code, stars, count)
          VALUES (?, ?, ?, ?, ?) ON CONFLICT (day, kiosk, procedure_code, stars) DO UPDATE
          SET count = CASE WHEN excluded.count > ratings.count THEN excluded.count ELSE ratings.count END`);
        for (const { day, procedure, faces } of message.value.days)
          for (const [place, count] of faces.entries())
            if (count > 0) put.run(kiosk, day, procedure, place + 1, count);
      })
      .immediate();
  }

  /** Days as yyyy-MM-dd, both included. */
  over(from: string, to: string): readonly RatedGroup[] {
    const rows = this.#db
      .prepare(`SELECT kiosk, procedure_code AS procedure, stars, sum(count) AS count FROM ratings
        WHERE day BETWEEN ? AND ? GROUP BY 1, 2, 3`)
      .all(from, to) as { kiosk: string; procedure: string; stars: number; count: number }[];
    const groups = new Map<string, { kiosk: string; procedure: string; faces: number[] }>();
    for (const { kiosk, procedure, stars, count } of rows) {
      const name = `${kiosk}\n${procedure}`;
      const group = groups.get(name) ?? { kiosk, procedure, faces: [...NO_FACES] };
      group.faces[stars - 1] = count;
      groups.set(name, group);
    }
    return [...groups.values()].map((group) => ({ ...group, faces: group.faces as unknown as Faces }));
  }
}
