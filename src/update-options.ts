// How is `motcua update …` written on a command line?
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { CommandTools } from "./certificate-options.js";

interface Place {
  readonly state: string;
  readonly config?: string;
  readonly json: boolean;
}

const time = (value: string): string => {
  if (!/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(value))
    throw new InvalidArgumentError('give local times such as "22:00-05:00".');
  return value;
};

const INSTALL_HELP = `
Writes the slot that does not run, by RAUC, and has the machine restarted into it. Never while a citizen is at the
kiosk; a bundle is hashed and its signatures are checked once more before a byte is written. motcua-update.timer calls
it with --if-due. From a stick: the bundle and its .release beside it.

Exit code: 0 the machine restarts, or with --if-due: nothing to do now, 1 not done.

Example:
  motcua update install --if-due
  motcua update install --from /media/stick/motcua-43.raucb --now
`;

const addKioskVerbs = (
  update: Command,
  { act, io, stateOption, configOption, readConfig }: CommandTools,
): void => {
  const of = async ({ state, config, json }: Place) => ({
    stateDir: resolve(state),
    config: await readConfig({ state, ...(config !== undefined && { config }) }),
    json,
  });
  const verb = (name: string, description: string, help: string): Command =>
    update
      .command(name)
      .description(description)
      .addOption(stateOption())
      .addOption(configOption())
      .option("--json", "JSON on stdout", false)
      .addHelpText("after", help);
  verb(
    "status",
    "which build runs, and how far an update is",
    "\nExample:\n  motcua update status --json\n",
  ).action(
    act(async (options: Place) => {
      const { statusCommand } = await import("./update-command.js");
      return statusCommand(await of(options), io);
    }),
  );
  verb(
    "history",
    "every step of every update on this kiosk, with its reason",
    "\nExample:\n  motcua update history\n",
  ).action(
    act(async (options: Place) => {
      const { historyCommand } = await import("./update-command.js");
      return historyCommand(await of(options), io);
    }),
  );
  verb(
    "check",
    "may this kiosk take this release? Changes nothing",
    "\nExit code: 0 it may, 1 it may not, and the sentence says why.\n\nExample:\n  motcua update check motcua-43.raucb\n",
  )
    .argument("<file>", "a bundle with its .release beside it, or the .release alone")
    .action(
      act(async (file: string, options: Place) => {
        const { checkCommand } = await import("./update-command.js");
        return checkCommand(resolve(file), await of(options), io);
      }),
    );
  verb("install", "installs the update that waits, when nobody is there and the hours allow it", INSTALL_HELP)
    .option("--if-due", "quietly nothing when there is nothing to install, or it is not the time", false)
    .option("--now", "also outside the kiosk's hours for updates", false)
    .option("--from <bundle>", "takes this bundle first, e.g. from a technician's stick")
    .action(
      act(
        async ({ ifDue, now, from, ...options }: Place & { ifDue: boolean; now: boolean; from?: string }) => {
          const { installCommand } = await import("./update-command.js");
          const wish = { ifDue, now, from: from === undefined ? null : resolve(from) };
          return installCommand(wish, await of(options), io);
        },
      ),
    );
  verb(
    "mark-good",
    "at each start of the machine: proves the program that runs and marks its slot",
    `
In the first starts of a new program it waits for the proof (screen, store, printer, and the portal or the offline
grace). Without it the machine is started again, and after the bootloader's attempts the program before comes back.
motcua-mark-good.service calls it.

Exit code: 0 marked good, 1 not, and the sentence says why.

Example:
  motcua update mark-good
`,
  ).action(
    act(async (options: Place) => {
      const { markGoodCommand } = await import("./update-command.js");
      return markGoodCommand(await of(options), io);
    }),
  );
};

const addMakerVerbs = (update: Command, { act, io, stateOption, wholeNumber }: CommandTools): void => {
  const several = (value: string, before: readonly string[]) => [...before, value];
  update
    .command("sign")
    .description("where releases are made: writes a bundle's manifest beside it, signed with the release key")
    .argument("<bundle>", "made by rauc bundle, with build= in its manifest")
    .requiredOption("--key <file>", "the release key: PEM, Ed25519, mode 0600; made when it is not there")
    .option(
      "--schema <n>",
      "the store's schema after this program ran; this program's own when absent",
      wholeNumber(1, 10_000),
    )
    .option("--readable-by <n>", "the lowest schema whose program can still read it", wholeNumber(1, 10_000))
    .option(
      "--hours <from-to>",
      "local times between which it may be installed, beside the kiosk's own",
      time,
    )
    .option(
      "--replaces <build>",
      "a signed way back: may replace builds up to this one, for --days",
      wholeNumber(1, 999_999_999),
    )
    .option("--days <n>", "how long the way back holds", wholeNumber(1, 365), 14)
    .addHelpText(
      "after",
      "\nThe public key lies beside the key as FILE.pub.pem and goes into [update] keys of every kiosk. The key itself goes\nneither to the portal nor to a kiosk.\n\nExample:\n  motcua update sign motcua-43.raucb --key release.pem\n",
    )
    .action(
      act(async (bundle: string, options: SignOptions) => {
        const { signCommand } = await import("./update-making.js");
        return signCommand(resolve(bundle), { ...options, key: resolve(options.key) }, io);
      }),
    );
  update
    .command("offer")
    .description("at the portal: offers a release to all kiosks, or to some")
    .argument("[bundle]", "with its .release beside it")
    .option("--kiosk <id>", "only this one; may be repeated", several, [] as readonly string[])
    .option("--withdraw", "offers nothing from now on; what waits at a kiosk is dropped there", false)
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText(
      "after",
      "\nA running portal takes it up by itself within seconds, also another replica on the same folder.\n\nExample:\n  motcua update offer motcua-43.raucb --kiosk VH01 --kiosk VH02\n  motcua update offer motcua-43.raucb\n  motcua update offer --withdraw\n",
    )
    .action(
      act(
        async (
          bundle: string | undefined,
          options: { kiosk: readonly string[]; withdraw: boolean; state: string; json: boolean },
        ) => {
          const { offerCommand } = await import("./update-making.js");
          const { kiosk, withdraw, state, json } = options;
          const wish = {
            kiosks: kiosk.length === 0 ? null : kiosk,
            withdraw,
            stateDir: resolve(state),
            json,
          };
          return offerCommand(bundle === undefined ? null : resolve(bundle), wish, io);
        },
      ),
    );
};

export interface SignOptions {
  readonly key: string;
  readonly schema?: number;
  readonly readableBy?: number;
  readonly hours?: string;
  readonly replaces?: number;
  readonly days: number;
}

/** `motcua update …`. */
export const addUpdate = (program: Command, tools: CommandTools): void => {
  const update = program
    .command("update")
    .description("new programs: signed bundles, two slots, and the way back (board/ops/updates.md)");
  addKioskVerbs(update, tools);
  addMakerVerbs(update, tools);
};
