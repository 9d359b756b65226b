// How is `motcua model …` written on a command line?
import { resolve } from "node:path";
import type { Command } from "commander";
import type { CommandTools } from "./certificate-options.js";

const HELP = `
Without --manifest it is the one that the settings name ([reading] models), or the program's own.

Exit code: 0 done, 1 a file is not what the manifest states, 2 wrong use.

Example:
  npx motcua model list
  npx motcua model check --manifest /etc/motcua/models.json
  npx motcua model card handwriting-vi
`;

const MEASURE_HELP = `
The folder holds pictures of one line each (jpg, png, webp, tiff) and beside each a text file of the same name in
UTF-8: in its first line what is written there; in a second, if you like, "kind: name", as what a field of a form
would be read: text, name, place, words, date, year, personalNumber, citizenNumber, digits, phone, money, sex.

Said of all lines and of each kind: character errors (case and marks count), lines that are right to the last
character, lines that the kiosk would show although they are wrong, and lines that the citizen would have to type.
With --json also each line, with what was read and how sure it was. Nothing leaves this machine.

Two hundred lines of twenty people say more than two thousand of one. Exit code: 0 all measured, 1 a picture was left
out (and why is said), 2 there was none.

Example:
  npx motcua model measure lines/ --json > measured.json
`;

interface ModelOptions {
  readonly state: string;
  readonly config?: string;
  readonly manifest?: string;
  readonly json: boolean;
}

export const addModel = (program: Command, tools: CommandTools): void => {
  const { act, io, stateOption, configOption, readConfig } = tools;
  const model = program.command("model").description("the models that read papers and look at faces");
  const common = (name: string, description: string, help: string, json = true): Command => {
    const command = model
      .command(name)
      .description(description)
      .addOption(stateOption())
      .addOption(configOption())
      .option("--manifest <file>", "another list of models")
      .addHelpText("after", help);
    return json ? command.option("--json", "JSON on stdout", false) : command;
  };
  const manifestOf = async (options: ModelOptions): Promise<URL> => {
    const { manifestUrl } = await import("./model-command.js");
    return manifestUrl(options.manifest, await readConfig(options));
  };
  common("list", "every model with size, licence, hashes and figures", HELP).action(
    act(async (options: ModelOptions) => {
      const { modelList } = await import("./model-command.js");
      return modelList({ manifest: await manifestOf(options), json: options.json }, io);
    }),
  );
  common("check", "is every file, bit for bit, the one that was measured?", HELP).action(
    act(async (options: ModelOptions) => {
      const { modelCheck } = await import("./model-command.js");
      return modelCheck({ manifest: await manifestOf(options), json: options.json }, io);
    }),
  );
  common("card", "for whom a model is, what was measured and what was not", HELP, false)
    .argument("<name>", "as `motcua model list` names it")
    .action(
      act(async (name: string, options: ModelOptions) => {
        const { modelCard } = await import("./model-command.js");
        return modelCard({ manifest: await manifestOf(options), name }, io);
      }),
    );
  common("measure", "how well does the model for handwriting read your own writers?", MEASURE_HELP)
    .argument("<dir>", "pictures of lines, each with a text file of the same name")
    .action(
      act(async (dir: string, options: ModelOptions) => {
        const { modelMeasure } = await import("./model-command.js");
        return modelMeasure(
          { manifest: await manifestOf(options), folder: resolve(dir), json: options.json },
          io,
        );
      }),
    );
};
