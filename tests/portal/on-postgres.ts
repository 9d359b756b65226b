// How does a test have the portal's rooms on PostgreSQL?

import type { PortalDb } from "../../src/portal/db/portal-db.js";
import { openPostgres } from "../../src/portal/db/postgres-open.js";
import { holdings } from "../../src/portal/holdings.js";
import { ALONE, type Peers } from "../../src/portal/replicas/peers.js";
import { testClock } from "../store/fixtures.js";
import type { Held } from "./holdings.js";
import type { Postgres } from "./postgres.js";

export const heldOn = (db: PortalDb, dir: string, peers: Peers = ALONE): Held => ({
  ...holdings(db, { dir, clock: testClock, settings: {}, peers }),
  dir,
});

export const connect = (postgres: Postgres, present = true) =>
  openPostgres(postgres.settings, { application: "test", present });
