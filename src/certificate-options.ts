// How are `motcua certificate …` and `motcua portal certificate …` written on a command line?
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { KioskConfig } from "./config.js";

/** What every command of motcua is built with (main.ts). */
export interface CommandTools {
  readonly act: <A extends unknown[]>(work: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;
  readonly io: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream };
  readonly stateOption: () => Option;
  readonly configOption: () => Option;
  readonly wholeNumber: (from: number, to: number) => (value: string) => number;
  readonly readConfig: (options: { config?: string; state: string }) => Promise<KioskConfig>;
}

interface PortalPlace {
  readonly state: string;
  readonly json: boolean;
}

/** They stand in portal/certificates, which is not loaded for `--help`. */
const ROLES = ["kiosk", "portal", "broker"] as const;
const REASONS = ["unspecified", "keyCompromise", "superseded", "cessationOfOperation"] as const;
const MAX_DAYS = 36_500;

const place = ({ state, json }: PortalPlace) => ({ dir: join(resolve(state), "portal"), json });

const addInit = (certificate: Command, { act, io, stateOption, wholeNumber }: CommandTools): void => {
  certificate
    .command("init")
    .description("makes the authority that kiosks, portal and broker are certified by, or takes yours over")
    .option("--name <name>", "how it is called in its certificate", "motcua kiosks and broker")
    .option("--days <n>", "how long it holds", wholeNumber(1, MAX_DAYS), 3650)
    .option("--key <file>", "your authority's key: PEM, P-256, mode 0600")
    .option("--certificate <file>", "and its certificate")
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText(
      "after",
      "\nOne that is there is never replaced: every certificate would die with it.\n\nExample:\n  npx motcua portal certificate init\n",
    )
    .action(
      act(
        async (options: PortalPlace & { name: string; days: number; key?: string; certificate?: string }) => {
          const { initCommand } = await import("./portal/certificates/command.js");
          return initCommand({ ...options, ...place(options) }, io);
        },
      ),
    );
};

interface IssueOptions extends PortalPlace {
  readonly for: (typeof ROLES)[number];
  readonly request: string;
  readonly out?: string;
  readonly days?: number;
  readonly host: readonly string[];
}

const addIssue = (certificate: Command, { act, io, stateOption, wholeNumber }: CommandTools): void => {
  certificate
    .command("issue")
    .description("answers a request; also lets a kiosk that was revoked in again")
    .argument("<name>", "a kiosk's id, \"portal\", or the broker's name")
    .requiredOption("--request <file>", "PKCS#10, e.g. of motcua certificate request or openssl req")
    .addOption(new Option("--for <role>", "what it may be used as").choices(ROLES).default("kiosk"))
    .option("--out <file>", "where the certificates go; without it to stdout")
    .option("--days <n>", "how long it holds; kiosk 365, others 730", wholeNumber(1, MAX_DAYS))
    .option(
      "--host <name>",
      "a broker's further DNS name or IPv4 address; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText(
      "after",
      "\nExample:\n  npx motcua portal certificate issue VH01 --request VH01.csr --out VH01.pem\n  npx motcua portal certificate issue broker.example --for broker --request broker.csr --out broker.pem\n",
    )
    .action(
      act(async (name: string, { for: role, host, ...options }: IssueOptions) => {
        const { issueCommand } = await import("./portal/certificates/command.js");
        return issueCommand({ ...options, name, role, hosts: host, ...place(options) }, io);
      }),
    );
};

const addRevoke = (certificate: Command, { act, io, stateOption }: CommandTools): void => {
  certificate
    .command("revoke")
    .description("a kiosk's certificates, or one by its number; it gets no new one over a session")
    .argument("<name-or-serial>")
    .addOption(new Option("--reason <reason>", "RFC 5280").choices(REASONS).default("unspecified"))
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText("after", "\nExample:\n  npx motcua portal certificate revoke VH01 --reason keyCompromise\n")
    .action(
      act(async (nameOrSerial: string, options: PortalPlace & { reason: (typeof REASONS)[number] }) => {
        const { revokeCommand } = await import("./portal/certificates/command.js");
        return revokeCommand({ nameOrSerial, reason: options.reason, ...place(options) }, io);
      }),
    );
};

/** `motcua portal certificate …`. */
export const addPortalCertificates = (portal: Command, tools: CommandTools): void => {
  const { act, io, stateOption } = tools;
  const certificate = portal
    .command("certificate")
    .description("who may connect to the broker (board/ops/certificates.md)");
  addInit(certificate, tools);
  addIssue(certificate, tools);
  addRevoke(certificate, tools);
  certificate
    .command("list")
    .description("every certificate that was issued, newest first")
    .addOption(stateOption())
    .option("--json", "JSON on stdout", false)
    .addHelpText("after", "\nExample:\n  npx motcua portal certificate list --json\n")
    .action(
      act(async (options: PortalPlace) => {
        const { listCommand } = await import("./portal/certificates/command.js");
        return listCommand(place(options), io);
      }),
    );
};

interface KioskPlace {
  readonly state: string;
  readonly config?: string;
  readonly json: boolean;
}

const VERBS = {
  request: ["makes a key that stays here, and the request for its certificate", ""],
  install: ["takes the portal's answer", "<file>"],
  show: ["which certificates there are; exit code 1 when none holds now", ""],
} as const;

/** `motcua certificate …`, at a kiosk. */
export const addKioskCertificates = (program: Command, tools: CommandTools): void => {
  const { act, io, stateOption, configOption, readConfig } = tools;
  const certificate = program
    .command("certificate")
    .description("this kiosk's certificate for the broker (board/ops/certificates.md)");
  const placeOf = async (options: KioskPlace) => ({
    stateDir: resolve(options.state),
    kioskId: (await readConfig(options)).kiosk.id,
    json: options.json,
  });
  const verb = (name: keyof typeof VERBS, example: string): Command => {
    const [description, argument] = VERBS[name];
    const command = certificate.command(name).description(description);
    if (argument !== "") command.argument(argument, "PEM: the kiosk's certificate, then the authority's");
    return command
      .addOption(stateOption())
      .addOption(configOption())
      .option("--json", "JSON on stdout", false)
      .addHelpText(
        "after",
        `\nRun it as the user that the kiosk runs as.\n\nExample:\n  npx motcua certificate ${name}${example}\n`,
      );
  };
  verb("request", " --out VH01.csr")
    .option("--out <file>", "where the request goes; without it to stdout")
    .action(
      act(async ({ out, ...options }: KioskPlace & { out?: string }) => {
        const { requestCertificate } = await import("./certificate-command.js");
        return requestCertificate(await placeOf(options), out, io);
      }),
    );
  verb("install", " VH01.pem").action(
    act(async (file: string, options: KioskPlace) => {
      const { installCertificate } = await import("./certificate-command.js");
      return installCertificate(await placeOf(options), file, io);
    }),
  );
  verb("show", "").action(
    act(async (options: KioskPlace) => {
      const { showCertificates } = await import("./certificate-command.js");
      return showCertificates(await placeOf(options), io);
    }),
  );
};
