// How does the kiosk get onto the network?
import type { Desk, Step, StepEnd } from "../desk.js";
import { type NetworkState, NmcliFailed, type WifiNetwork } from "../nmcli.js";

const AGAIN = "again";
const HIDDEN = "hidden";
/** More fit no screen, and the weaker ones are of no use. */
const MOST_NETWORKS = 12;

const stateLine = ({ words }: Desk, { connectivity, devices }: NetworkState): readonly string[] => [
  words.text("connectivity", connectivity),
  ...devices
    .filter(({ type }) => ["ethernet", "wifi", "gsm"].includes(type))
    .map(
      ({ name, type, state, connection }) =>
        `  ${name} (${type}): ${state}${connection === "" ? "" : ` – ${connection}`}`,
    ),
];

/** IEEE 802.11: a passphrase of 8 to 63 printable ASCII signs, or 64 hex digits. */
const wrongPassphrase = (text: string): boolean =>
  !/^[\x20-\x7e]{8,63}$/.test(text) && !/^[0-9a-fA-F]{64}$/.test(text);

const wifiNamed = async (
  { talk, words }: Desk,
  found: readonly WifiNetwork[],
): Promise<Pick<WifiNetwork, "ssid" | "security">> => {
  const ssid = await talk.ask({
    ...{ key: "network.ssid", label: words.text("ssid"), initial: "", longest: 32 },
    wrong: (text) => (text !== "" && Buffer.byteLength(text) <= 32 ? null : words.text("ssidRight")),
  });
  return found.find((network) => network.ssid === ssid) ?? { ssid, security: "WPA2" };
};

const chooseWifi = async (desk: Desk): Promise<Pick<WifiNetwork, "ssid" | "security">> => {
  const { talk, words, nmcli } = desk;
  const search = () => talk.during(words.text("searching"), (cancel) => nmcli.wifiNetworks(cancel));
  for (;;) {
    const found = await search();
    if (!talk.isPatient) return wifiNamed(desk, found);
    const networks = found.slice(0, MOST_NETWORKS);
    const name = (ssid: string): string => `ssid ${ssid}`;
    const chosen = await talk.choose({
      key: "network.wifi",
      label: words.text("wifiWhich"),
      options: [
        ...networks.map(({ ssid, signal, security, inUse }) => ({
          value: name(ssid),
          label: `${ssid}  ${signal} %  ${security === "" ? words.text("openWifi") : security}${inUse ? "  *" : ""}`,
        })),
        { value: AGAIN, label: words.text("searchAgain") },
        { value: HIDDEN, label: words.text("hiddenWifi") },
      ],
    });
    if (chosen === AGAIN) continue;
    const known = networks.find(({ ssid }) => name(ssid) === chosen);
    return known ?? wifiNamed(desk, found);
  }
};

const wifi = async (desk: Desk): Promise<string> => {
  const { talk, words, nmcli } = desk;
  const network = await chooseWifi(desk);
  const secret =
    network.security === ""
      ? ""
      : await talk.ask({
          ...{
            key: "network.wifiSecret",
            label: words.text("wifiSecret", network.ssid),
            initial: "",
            secret: true,
            longest: 64,
          },
          wrong: (text) => (wrongPassphrase(text) ? words.text("wifiSecretRight") : null),
        });
  await talk.during(words.text("joining", network.ssid), (cancel) => nmcli.joinWifi(network, secret, cancel));
  return `Wi-Fi ${network.ssid}`;
};

const mobile = async ({ talk, words, nmcli }: Desk): Promise<string> => {
  const line = async (key: string, label: string, initial: string, right: RegExp): Promise<string> =>
    talk.ask({
      ...{ key, label, initial, longest: 63 },
      wrong: (text) => (right.test(text) ? null : words.text("mobileRight")),
    });
  const apn = await line("network.apn", words.text("apn"), "v-internet", /^[A-Za-z0-9.-]{1,63}$/);
  const user = await line("network.apnUser", words.text("apnUser"), "", /^[\x21-\x7e]{0,63}$/);
  const secret = (key: string, label: string, right: RegExp): Promise<string> =>
    talk.ask({
      ...{ key, label, initial: "", secret: true, longest: 63 },
      wrong: (text) => (right.test(text) ? null : words.text("mobileRight")),
    });
  const password =
    user === "" ? "" : await secret("network.apnSecret", words.text("apnSecret"), /^[\x21-\x7e]{0,63}$/);
  const pin = await secret("network.simPin", words.text("simPin"), /^([0-9]{4,8})?$/);
  await talk.during(words.text("joining", apn), (cancel) =>
    nmcli.joinMobile({ apn, user, password, pin }, cancel),
  );
  return `4G ${apn}`;
};

/** Why it was not done, with what to do. Throws what is none of nmcli's. */
const told = async ({ talk, words }: Desk, thrown: unknown): Promise<void> => {
  if (!(thrown instanceof NmcliFailed)) throw thrown;
  await talk.tell(words.text("notJoined"), [
    `nmcli (${thrown.code}): ${thrown.message}`,
    words.of(thrown.remedy),
  ]);
};

const joined = async (desk: Desk, how: "wifi" | "mobile"): Promise<StepEnd | null> => {
  try {
    const said = await (how === "wifi" ? wifi(desk) : mobile(desk));
    const after = await desk.nmcli.state();
    await desk.talk.tell(said, stateLine(desk, after));
    return { state: "done", said: `${said}, ${after.connectivity}` };
  } catch (thrown) {
    await told(desk, thrown);
    return null;
  }
};

export const network: Step = {
  run: async (desk) => {
    const { talk, words, nmcli } = desk;
    const version = await nmcli.version();
    if (version === null) {
      const how = await talk.choose({
        ...{ key: "network.kind", label: words.text("noNmcli"), help: words.lines("noNmcliHelp") },
        options: [
          { value: "leave", label: words.text("networkReady") },
          { value: "later", label: words.text("later") },
        ],
      });
      return {
        state: how === "leave" ? "done" : "later",
        said: words.text(how === "leave" ? "networkOther" : "later"),
      };
    }
    for (;;) {
      const before = await nmcli.state().catch(async (thrown: unknown) => {
        await told(desk, thrown);
        return null;
      });
      const how = await talk.choose({
        ...{
          key: "network.kind",
          label: words.text("networkWhich"),
          help: before === null ? [] : stateLine(desk, before),
        },
        options: [
          { value: "leave", label: words.text("networkLeave") },
          { value: "wifi", label: "Wi-Fi" },
          { value: "mobile", label: words.text("mobile") },
          { value: "later", label: words.text("later") },
        ],
        initial: before?.connectivity === "full" ? "leave" : "wifi",
      });
      if (how === "later") return { state: "later", said: words.text("later") };
      if (how === "leave")
        return { state: "done", said: words.text("connectivity", before?.connectivity ?? "?") };
      const end = await joined(desk, how === "wifi" ? "wifi" : "mobile");
      if (end !== null) return end;
      if (!talk.isPatient) return { state: "later", said: words.text("notJoined") };
    }
  },
};
