// How is `motcua portal move` written on a command line?
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { CommandTools } from "./certificate-options.js";

interface MoveOptions {
  readonly state: string;
  readonly to?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const HELP = `
Stop the portal first, and run it as the user that the portal runs as. Every row is copied, read back and compared in
one transaction: when anything stops it, nothing is in PostgreSQL, and the same command starts again, or finishes what
is left. Then portal.toml names PostgreSQL as [database] and portal.db has another name. Sealed documents, keys and
enrolments are files and stay in the portal's folder.

--dry-run does all of that and takes it back; the portal may run meanwhile. It leaves empty tables in PostgreSQL.

Exit code: 0 moved, 1 refused or failed.

Example:
  npx motcua portal move --to postgres://motcua@db.example:5432/motcua?sslmode=verify-full \\
    --password-file database.password --ca-file database-ca.pem --dry-run
`;

export const addPortalMove = (portal: Command, { act, io, stateOption }: CommandTools): void => {
  portal
    .command("move")
    .description("the portal's database from SQLite to an empty PostgreSQL, whole or not at all")
    .option(
      "--to <url>",
      "postgres://USER@HOST:PORT/DATABASE, without a password; portal.toml's when left out",
    )
    .option("--password-file <file>", "mode 0600")
    .option("--ca-file <file>", "PEM: the authority that the server's certificate must come from")
    .option("--dry-run", "copies and compares everything, then takes it back", false)
    .addOption(stateOption())
    .option("--json", "the report as JSON on stdout", false)
    .addHelpText("after", HELP)
    .action(
      act(async ({ state, ...options }: MoveOptions) => {
        const { moveCommand } = await import("./portal/move/command.js");
        return moveCommand({ ...options, dir: join(resolve(state), "portal") }, io);
      }),
    );
};
