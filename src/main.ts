// Which commands does motcua have? (Options are read here; the work is done in the rooms.)
//
// Exit codes: 0 done, 1 the thing failed, 2 wrong use. Rooms are imported when their command runs, so that
// `motcua --help` does not load SQLite, cameras and models.
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { addKioskCertificates, addPortalCertificates, type CommandTools } from "./certificate-options.js";
import type { KioskConfig } from "./config.js";
import { addConsole } from "./console-options.js";
import { addModel } from "./model-options.js";
import { packageVersion } from "./package-root.js";
import { addPortalMove } from "./portal-options.js";
import { addSetup } from "./setup-options.js";
import { addUpdate } from "./update-options.js";

const EXIT = { done: 0, failed: 1, wrongUse: 2 } as const;

const wholeNumber =
  (from: number, to: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < from || number > to)
      throw new InvalidArgumentError(`give a whole number from ${from} to ${to}.`);
    return number;
  };

const stateOption = () =>
  new Option("--state <dir>", "where the kiosk keeps what it must not lose").default("./var");
const configOption = () =>
  new Option("--config <file>", "settings; without it <state>/kiosk.toml, or the defaults");

/** The configuration that a command was pointed to; throws `ConfigError` with one line a problem. */
const readConfig = async (options: { config?: string; state: string }): Promise<KioskConfig> => {
  const { existsSync } = await import("node:fs");
  const { defaultConfig, loadConfig } = await import("./config.js");
  const beside = join(options.state, "kiosk.toml");
  if (options.config !== undefined) return loadConfig(options.config);
  return existsSync(beside) ? loadConfig(beside) : defaultConfig();
};

/** Runs a command's work and makes its failure one line on stderr. */
const act =
  <A extends unknown[]>(work: (...args: A) => Promise<number>) =>
  async (...args: A): Promise<void> => {
    try {
      process.exitCode = await work(...args);
    } catch (error) {
      process.stderr.write(`motcua: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = EXIT.failed;
    }
  };

const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };

const tools: CommandTools = { act, io, stateOption, configOption, wholeNumber, readConfig };

const addRun = (program: Command): void => {
  program
    .command("run")
    .description("the kiosk; prints the addresses of screen, dock and portal, then `ready`")
    .addOption(stateOption())
    .addOption(configOption())
    .option(
      "--port <n>",
      "screen on this port, dock and portal on the two after it; 0: any free ones",
      wholeNumber(0, 65_533),
    )
    .option("--no-portal", "without the local reference portal")
    .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --state /tmp/kiosk\n")
    .action(
      act(async (options: { state: string; config?: string; port?: number; portal: boolean }) => {
        const config = await readConfig(options);
        const { runUntilStopped } = await import("./dock/run.js");
        return runUntilStopped({
          config,
          stateDir: resolve(options.state),
          port: options.port ?? null,
          withPortal: options.portal,
          io,
        });
      }),
    );
};

const addRehearse = (program: Command): void => {
  program
    .command("rehearse")
    .description("scripted visits on a fresh simulated board, with real drivers, store, broker and portal")
    .option("--visits <n>", "how many", wholeNumber(1, 100_000), 10)
    .option("--seed <s>", "replays the same visits, faults and cuts", wholeNumber(0, 4_294_967_295))
    .option("--faults", "seeded faults on every wire", false)
    .option("--cuts", "kill -9 of runtime, portal and broker at random points", false)
    .option("--json", "the report as JSON on stdout", false)
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua rehearse --visits 50 --seed 7 --faults --cuts\n\nExit code 1 when anything was lost, doubled or hung.\n",
    )
    .action(
      act(
        async (options: { visits: number; seed?: number; faults: boolean; cuts: boolean; json: boolean }) => {
          const { rehearse } = await import("./dock/rehearsal/rehearse.js");
          return rehearse({ ...options, seed: options.seed ?? Date.now() % 4_294_967_296 }, io);
        },
      ),
    );
};

const READ_HELP = `
stdout with --json: always an array, one entry a page in the order of the command line, each with "file" and
"page" (from 1), and either what was read or "error" {code, detail, remedy} ("page" is null when the whole file
could not be opened). Pictures are not in it.

Exit code: 0 all read, 1 some not, or cancelled, 2 nothing to read.

Example:
  npx motcua read scans/*.jpg --json --explain out/
  npx motcua read archive/ --recursive --pdf archive.pdf --resume archive.job
`;

interface ReadOptions {
  readonly json: boolean;
  readonly recursive: boolean;
  readonly pages: number;
  readonly pdf?: string;
  readonly explain?: string;
  readonly resume?: string;
}

const addRead = (program: Command): void => {
  program
    .command("read")
    .description("papers to text, fields and doubts")
    .argument("<file...>", "images, PDFs, TIFFs of several pages, or folders of them")
    .option("--json", "JSON on stdout", false)
    .option("--pdf <out>", "one PDF of the pages with an invisible text layer")
    .option("--explain <dir>", "a picture a page with boxes, confidences, corrections and doubts")
    .option("--recursive", "folders in folders too", false)
    .option(
      "--pages <n>",
      "the most pages of one PDF or TIFF; one of more is not read",
      wholeNumber(1, 10_000),
      100,
    )
    .option("--resume <file>", "what was read is kept there until all is; the same command goes on with it")
    .addHelpText("after", READ_HELP)
    .action(
      act(async (files: string[], options: ReadOptions) => {
        const { readPapers } = await import("./read.js");
        return readPapers({ files, ...options }, io);
      }),
    );
};

const addVerify = (program: Command): void => {
  program
    .command("verify")
    .description("is a PDF a certified copy, a kiosk's scan, or changed? Offline; explains each signature")
    .argument("<file...>", "PDF files")
    .option(
      "--trust <dir>",
      "certificates and revocation lists of those who may certify; its officers/, agencies/ and timestamps/ hold those of one kind",
    )
    .option("--device-trust <dir>", "certificates of the kiosks' authority; without it kiosks are not judged")
    .option("--json", "JSON on stdout", false)
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua verify copy.pdf --trust /etc/motcua/trust\n\nExit code 0 only when each file is a certified copy and every signature in it holds.\n",
    )
    .action(
      act(async (files: string[], options: { trust?: string; deviceTrust?: string; json: boolean }) => {
        const { verifyPdfCommand } = await import("./verify-pdf.js");
        return verifyPdfCommand({ files, ...options }, io);
      }),
    );
};

const addChip = (program: Command): void => {
  program
    .command("chip")
    .description("the citizen card's chip")
    .command("read")
    .description("the card: access used, each file's length and sha256, each check's verdict")
    .requiredOption("--reader <address>", "serial:PATH[:BAUD], i2c:BUS, pcsc: or pcsc:NAME")
    .option("--mrz <lines>", "the three lines of the machine-readable zone, joined by \\n or /")
    .option("--can <n>", "the six-digit card access number")
    .option("--document <n>", "the card's number: 12 digits, or the last 9")
    .option("--birth <yymmdd>", "date of birth")
    .option("--expiry <yymmdd>", "date of expiry")
    .option("--trust <dir>", "country-signing certificates and revocation lists; <state>/csca when absent")
    .addOption(new Option("--state <dir>", "its folder csca holds the trusted certificates").default("./var"))
    .option("--json", "JSON on stdout", false)
    .option("--show-personal", "also print name and other personal values", false)
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua chip read --reader serial:/dev/ttyUSB0:115200 --document 001099000001 --birth 990101 --expiry 390101\n",
    )
    .action(
      act(async (options: ChipReadOptions) => {
        const { chipReadCommand } = await import("./chip-read.js");
        return chipReadCommand(options, io);
      }),
    );
};

interface ChipReadOptions {
  readonly state: string;
  readonly trust?: string;
  readonly reader: string;
  readonly mrz?: string;
  readonly can?: string;
  readonly document?: string;
  readonly birth?: string;
  readonly expiry?: string;
  readonly json: boolean;
  readonly showPersonal: boolean;
}

interface DoctorCommandOptions {
  readonly state: string;
  readonly config?: string;
  readonly json: boolean;
  readonly device?: string;
  readonly pdf?: string;
  readonly history: boolean;
  readonly print: boolean;
  readonly attended: boolean;
}

/** The roles stand in portal/access/roles.ts, which is not loaded for `--help`. */
const DESK_ROLES = ["officer", "agency", "operations", "administrator"] as const;

interface AccountOptions {
  readonly state: string;
  readonly role: (typeof DESK_ROLES)[number];
  readonly fullName?: string;
}

const addAccounts = (portal: Command): void => {
  const account = portal.command("account").description("who may log in at the desk");
  account
    .command("add")
    .description("prints a one-time password; a portal has no account until the first is added here")
    .argument("<name>", "2 to 40 of a-z, 0-9, dot, dash, underscore")
    .addOption(new Option("--role <role>", "what it may do").choices(DESK_ROLES).makeOptionMandatory())
    .option("--full-name <name>", "as it stands on certified copies")
    .addOption(stateOption())
    .addHelpText("after", "\nExample:\n  npx motcua portal account add quantri --role administrator\n")
    .action(
      act(async (name: string, { state, ...options }: AccountOptions) => {
        const { accountCommand } = await import("./portal/access/account-command.js");
        return accountCommand({ what: "add", name, ...options, dir: join(resolve(state), "portal") }, io);
      }),
    );
  account
    .command("reset")
    .description("prints a new one-time password and ends the account's sessions")
    .argument("<name>")
    .addOption(stateOption())
    .addHelpText("after", "\nExample:\n  npx motcua portal account reset quantri\n")
    .action(
      act(async (name: string, { state }: { state: string }) => {
        const { accountCommand } = await import("./portal/access/account-command.js");
        return accountCommand({ what: "reset", name, dir: join(resolve(state), "portal") }, io);
      }),
    );
};

const addOps = (program: Command): void => {
  program
    .command("doctor")
    .description("self-tests and readiness; exit code 0 only if the kiosk can serve")
    .addOption(stateOption())
    .addOption(configOption())
    .option("--json", "JSON on stdout", false)
    .option("--device <name>", "only this one, e.g. printer")
    .option(
      "--attended",
      "somebody is there to lay cards, show codes, move the door and say what was seen",
      false,
    )
    .option("--no-print", "asks the printer how it is, and prints nothing")
    .option("--pdf <file>", "the readiness report as PDF, there too")
    .option("--history", "what earlier runs said, and no test", false)
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua doctor --device printer\n\nPictures of what to look at, the text and the PDF of each run are kept under <state>/doctor.\n",
    )
    .action(
      act(async (options: DoctorCommandOptions) => {
        const { doctor } = await import("./doctor.js");
        const config = await readConfig(options);
        return doctor({ ...options, state: resolve(options.state), config }, io);
      }),
    );
  addConsole(program, tools);
  addSetup(program, tools);
  const portal = program.command("portal").enablePositionalOptions();
  addAccounts(portal);
  addPortalCertificates(portal, tools);
  addPortalMove(portal, tools);
  portal
    .description("the reference portal alone")
    .addOption(
      new Option("--state <dir>", "the kiosk's state folder, for the local broker's address").default(
        "./var",
      ),
    )
    .option("--broker <url>", "the MQTT broker, e.g. mqtt://127.0.0.1:1883")
    .option("--port <n>", "TCP port of its pages", wholeNumber(0, 65_535), 8802)
    .option(
      "--courier <dir>",
      "takes in what technicians bring from kiosks without a link: a stick, or the folder where sticks are mounted",
    )
    .option("--replica <name>", "one of several on this folder; portal.toml names their [database]")
    .addHelpText("after", "\nExample:\n  npx motcua portal --broker mqtt://127.0.0.1:1883 --port 8802\n")
    .action(
      act(
        async (options: {
          state: string;
          broker?: string;
          port: number;
          courier?: string;
          replica?: string;
        }) => {
          const { portalUntilStopped } = await import("./dock/portal-command.js");
          return portalUntilStopped({ ...options, state: resolve(options.state) }, io);
        },
      ),
    );
};

const COURIER_HELP = `
A kiosk that runs is asked over its control socket and does the work while it serves; without one the store is
opened here, and no kiosk can start on it meanwhile. Ctrl-C does not stop a kiosk that runs: it finishes the work.

Exit code: 0 done, 1 not done, or something was left out or not believed.

Example:
  npx motcua courier export /media/stick
  npx motcua portal --courier /media/stick        (where the portal is)
  npx motcua courier acknowledge /media/stick
`;

const addCourier = (program: Command): void => {
  const courier = program
    .command("courier")
    .description("for a kiosk without a link: what waits travels on a technician's USB stick");
  const acts = {
    export:
      "puts what waits, sealed and signed as it is, into a bundle on the stick; it goes on waiting here",
    acknowledge: "takes the portal's signed answers from the stick; keys of [commands] keys are believed",
  } as const;
  for (const name of ["export", "acknowledge"] as const)
    courier
      .command(name)
      .description(acts[name])
      .argument("<dir>", "where the stick is mounted")
      .addOption(stateOption())
      .addOption(configOption())
      .option("--json", "the report as JSON on stdout", false)
      .addHelpText("after", COURIER_HELP)
      .action(
        act(async (dir: string, options: { state: string; config?: string; json: boolean }) => {
          const { courierCommand } = await import("./courier.js");
          const config = await readConfig(options);
          const places = { stick: resolve(dir), state: resolve(options.state) };
          return courierCommand({ act: name, ...places, config, json: options.json }, io);
        }),
      );
};

const addUpdates = (program: Command): void => addUpdate(program, tools);

const DATA_HELP = `
The file is a CSV in UTF-8 with the columns province_code, commune_code and commune_name. One with a fault is
refused line by line, and the list of before stays.

Exit code: 0 imported, 1 refused.

Example:
  npx motcua data import communes.csv
`;

const addData = (program: Command): void => {
  program
    .command("data")
    .description("lists that the operator brings")
    .command("import")
    .description("the communes for the address picker; a running kiosk takes them up by itself")
    .argument("<file>", "CSV")
    .addOption(stateOption())
    .option("--json", "the report as JSON on stdout", false)
    .addHelpText("after", DATA_HELP)
    .action(
      act(async (file: string, options: { state: string; json: boolean }) => {
        const { importCommunes } = await import("./data-import.js");
        return importCommunes({ file, state: resolve(options.state), json: options.json }, io);
      }),
    );
};

const VOICE_HELP = `
A recording is <voices>/vi/KEY.wav or <voices>/en/KEY.wav: WAVE, 16 bit, one or two channels, 8000 to 48000 samples a
second. A running kiosk plays it at once where it is good, at the normal pace; the machine's voice says all else.

Example:
  npx motcua voice script --lang vi > to-read.txt
  npx motcua voice check --write-manifest
`;

interface VoiceCommandOptions {
  readonly state: string;
  readonly config?: string;
  readonly lang?: "vi" | "en";
  readonly json: boolean;
  readonly writeManifest: boolean;
  readonly all: boolean;
}

const addVoice = (program: Command): void => {
  const voice = program.command("voice").description("sentences that a person reads aloud for this kiosk");
  const acts = {
    list: "every sentence with its key: recorded and how long, missing, or the machine's",
    check: "what can not be played, and why",
    script: "what is still to be read aloud, numbered, with the name of each file",
  } as const;
  for (const name of ["list", "check", "script"] as const) {
    const command = voice
      .command(name)
      .description(acts[name])
      .addOption(stateOption())
      .addOption(configOption())
      .addOption(new Option("--lang <language>", "only this one").choices(["vi", "en"]));
    if (name !== "script") command.option("--json", "JSON on stdout", false);
    if (name === "check")
      command.option(
        "--write-manifest",
        "notes which sentence each good file was read for; a file whose sentence changes is not played then",
        false,
      );
    if (name === "script") command.option("--all", "also what is recorded already", false);
    command.addHelpText("after", VOICE_HELP).action(
      act(async ({ state, lang, config: file, ...options }: VoiceCommandOptions) => {
        const { voiceCommand } = await import("./voice-command.js");
        const config = await readConfig({ state, ...(file !== undefined && { config: file }) });
        return voiceCommand({ act: name, state: resolve(state), config, lang, ...options }, io);
      }),
    );
  }
};

const addChecks = (program: Command): void => {
  addKioskCertificates(program, tools);
  addModel(program, tools);
  program
    .command("config")
    .description("the settings file")
    .command("check")
    .description("names every wrong key, its value and what would be right, all at once")
    .argument("<file>", "kiosk.toml")
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua config check kiosk.toml\n\nAll settings with their defaults stand in src/config.ts.\n",
    )
    .action(
      act(async (file: string) => {
        const { loadConfig } = await import("./config.js");
        loadConfig(file);
        process.stdout.write(`${file}: right\n`);
        return EXIT.done;
      }),
    );
  program
    .command("journal")
    .description("the hash-chained journal")
    .command("verify")
    .description("checks the whole chain, without disturbing a running kiosk")
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText("after", "\nExample:\n  npx motcua journal verify --state ./var\n")
    .action(
      act(async (options: { state: string; json: boolean }) => {
        const { verifyJournal } = await import("./store/sqlite-store.js");
        const result = verifyJournal(join(resolve(options.state), "store"));
        const text = result.ok
          ? `journal of ${result.rows} rows: every hash holds`
          : `journal broken at row ${result.brokenAt}: ${result.reason}`;
        process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${text}\n`);
        return result.ok ? EXIT.done : EXIT.failed;
      }),
    );
};

/** The command line of `bin`; sets `process.exitCode` and never exits by itself. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const program = new Command("motcua")
    .description("motcua (một cửa, one stop): the runtime of a public-service kiosk")
    .version(packageVersion())
    .exitOverride()
    .enablePositionalOptions()
    .configureHelp({ showGlobalOptions: true });
  for (const add of [
    addRun,
    addRehearse,
    addRead,
    addVerify,
    addChip,
    addOps,
    addCourier,
    addUpdates,
    addData,
    addVoice,
    addChecks,
  ])
    add(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
};
