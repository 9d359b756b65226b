// How is `motcua setup …` written on a command line?
import { type Command, Option } from "commander";
import type { CommandTools } from "./certificate-options.js";
import { STEPS } from "./provision/step-names.js";
import type { SetupOptions } from "./setup-command.js";

const HELP = `
Steps: ${STEPS.join(", ")}. Each answer is kept at once: a set-up that was broken off goes on where it
was. The settings are written by the last step, once, and the file of before is kept beside them. Where a technician
PIN is set it is asked for (or read from the file that MOTCUA_PIN_FILE names). 80 × 24 characters are needed, colours
are not; Escape leads to the list of steps. Run it as the user that the kiosk runs as, or as root for the network:
what root makes in the state folder becomes its owner's.

Answers (TOML or JSON), each with what it may be:
  language = "vi" | "en"
  [kiosk] id, commune, placeVi, placeEn, authorityPhone
  [board] name = "keep" | "simulated" | a name in board/; printer, chipReader, codeReader = "keep" | "type" and
    printerPort … | an address that is found
  [network] kind = "leave" | "wifi" | "mobile" | "later"; ssid, wifiSecretFile; apn, apnUser, apnSecretFile, simPinFile
  [link] url
  [certificate] present = "keep" | "new"; send = "codes" | "file" | "sent", requestFile; receive = "reader" | "file" |
    "later", answerFile; fingerprint = as motcua setup admit printed it
  [pin] present = "keep" | "new"; name, newFile, oldFile
  [print] try = "yes" | "later", seen = "yes"
A secret stands in a file of its own, mode 0600, that …File names.

Exit code: 0 the set-up is whole, 1 it is not yet, 2 wrong use or a wrong answer (nothing after it was done),
3 refused: a wrong PIN, or too early for another try.

Example:
  sudo npx motcua setup --state /var/lib/motcua --config /etc/motcua/kiosk.toml
  npx motcua setup --answers vh01.toml --json
`;

const ADMIT_HELP = `
The request is the file that the kiosk wrote, or a file with the lines MQ1/… that its codes say. Compare the
fingerprint with the one on the kiosk's screen before the answer is carried back.

Example:
  npx motcua setup admit VH01.request.pem --out VH01.answer.pem --state /var/lib/motcua
`;

export const addSetup = (program: Command, { act, io, stateOption, wholeNumber }: CommandTools): void => {
  const setup = program
    .command("setup")
    .enablePositionalOptions()
    .description("sets a kiosk up for the first time, or changes one step of it later")
    .addOption(stateOption())
    .option("--config <file>", "the settings that are written; without it <state>/kiosk.toml")
    .addOption(new Option("--lang <language>", "without it the first question").choices(["vi", "en"]))
    .addOption(
      new Option("--step <name>", "only this one, and the writing of what it changes").choices(STEPS),
    )
    .option("--plain", "line by line, for screen readers and scripts", false)
    .option("--answers <file>", "nobody is asked: TOML or JSON with the answers")
    .option("--json", "with --answers: the report as JSON on stdout", false)
    .addHelpText("after", HELP)
    .action(
      act(async (options: SetupOptions) => {
        const { setUp } = await import("./setup-command.js");
        return setUp(options, io as Parameters<typeof setUp>[1]);
      }),
    );
  setup
    .command("admit")
    .description("at the portal: enrols the kiosk of a request, certifies it, and writes the answer")
    .argument("<request>", "a file")
    .requiredOption("--out <file>", "where the answer goes")
    .option("--codes <dir>", "the answer also as pictures of QR codes, there")
    .option("--days <n>", "how long the certificate holds; 365", wholeNumber(1, 36_500))
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText("after", ADMIT_HELP)
    .action(
      act(
        async (
          request: string,
          options: { out: string; codes?: string; days?: number; state: string; json: boolean },
        ) => {
          const { admitKiosk } = await import("./setup-admit.js");
          return admitKiosk({ request, ...options }, io);
        },
      ),
    );
};
