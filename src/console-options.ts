// How is `motcua console …` written on a command line?
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { CommandTools } from "./certificate-options.js";
import type { ConsoleIo } from "./console/console.js";
import type { Language } from "./console/words.js";

interface Options {
  readonly state: string;
  readonly lang?: Language;
  readonly plain: boolean;
  readonly json: boolean;
  readonly follow: boolean;
}

const HELP = `
Panels: 1 to 6 or Tab; ? explains each, q leaves. 80 × 24 characters are needed, colours are not.

What is shown with --plain: status (when none is named), devices, queue, link, log, versions.
What is done with --plain, with the technician PIN from the file named by MOTCUA_PIN_FILE (mode 0600), from a
prompt, or from a line of standard input:
  test DEVICE         self-test; store is a device too
  restart DEVICE      closes and reopens it
  requeue N|all       quarantined submissions go again
  usb MINUTES|off     memory sticks are let in, for 1 to 60 minutes, or kept out again
Each act stands in the journal before and after it, with the initials of who holds the PIN.

Exit code: 0 done, 1 failed (no kiosk runs there, a self-test found something), 2 wrong use, 3 refused: no PIN is
set, it was wrong, or it is too early for another try.

Example:
  npx motcua console --plain queue --json
  MOTCUA_PIN_FILE=/root/pin npx motcua console --plain requeue all
`;

const PIN_HELP = `
Asked for on the terminal without echo: the present PIN where there is one, then the new one twice; without a
terminal each is a line of standard input. 6 to 12 digits; the first that anybody tries are refused. Who forgot it
removes <state>/console/pin.json and sets another. The kiosk must run: it keeps the PIN and writes the change into its journal.

Example:
  npx motcua console pin set --name NVA
`;

const languageOption = () =>
  new Option("--lang <language>", "without it what LC_ALL, LC_MESSAGES or LANG say").choices(["vi", "en"]);

const languageFor = async (chosen: Language | undefined): Promise<Language> => {
  const { languageOf } = await import("./console/words.js");
  return chosen ?? languageOf(process.env);
};

const openConsole = async (
  what: string | undefined,
  which: string | undefined,
  options: Options,
  io: ConsoleIo,
): Promise<number> => {
  const { state, plain, json, follow } = options;
  const stateDir = resolve(state);
  const language = await languageFor(options.lang);
  const wrong = (line: string): number => {
    io.stderr.write(`error: ${line}\n`);
    return 2;
  };
  if (!plain) {
    if (what !== undefined || json || follow) return wrong("give --plain with what is to be shown or done");
    const { runConsole } = await import("./console/console.js");
    return runConsole({ stateDir, language }, io);
  }
  const { actOf, runAct, runPlain } = await import("./console/plain-command.js");
  const { PLAIN_SECTIONS } = await import("./console/plain.js");
  const section = PLAIN_SECTIONS.find((name) => name === (what ?? "status"));
  if (section !== undefined && which === undefined)
    return runPlain({ stateDir, section, language, json, follow }, io);
  const wish = actOf(what ?? "", which);
  if (wish === null) return wrong(`"${[what, which].join(" ").trim()}" is nothing to show or do; see --help`);
  return runAct({ stateDir, language, json, wish }, io);
};

/** `motcua console`, `motcua console pin set`. */
export const addConsole = (program: Command, { act, io: streams, stateOption }: CommandTools): void => {
  const io = streams as ConsoleIo;
  const console = program
    .command("console")
    .enablePositionalOptions()
    .description("the technician's panels for devices, visit, queue, link and log of the running kiosk")
    .argument("[what]", "with --plain: what is shown or done")
    .argument("[which]", "with --plain: a device, a number, or all")
    .addOption(stateOption())
    .addOption(languageOption())
    .option("--plain", "lines of text, for screen readers and scripts", false)
    .option("--json", "with --plain: JSON on stdout", false)
    .option("--follow", "with --plain: again whenever it changes, until Ctrl-C", false)
    .addHelpText("after", HELP)
    .action(
      act((what: string | undefined, which: string | undefined, options: Options) =>
        openConsole(what, which, options, io),
      ),
    );
  console
    .command("pin")
    .description("the technician PIN that acts at the console need")
    .command("set")
    .description("sets or changes it")
    .requiredOption("--name <initials>", "of who holds it, 1 to 6 letters; they stand in the journal")
    .addOption(stateOption())
    .addOption(languageOption())
    .addHelpText("after", PIN_HELP)
    .action(
      act(async (options: { name: string; state: string; lang?: Language }) => {
        const { setPin } = await import("./console/plain-command.js");
        const language = await languageFor(options.lang);
        return setPin({ stateDir: resolve(options.state), language, name: options.name }, io);
      }),
    );
};
