// Do PACE and its mappings give the values that Doc 9303-11 appendices G, H and I print?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { aesMac } from "../../src/chip/access/aes.js";
import { PlainChannel } from "../../src/chip/access/channel.js";
import { standardizedGroup } from "../../src/chip/access/domain-parameters.js";
import { modulo, toInteger } from "../../src/chip/access/integers.js";
import { pseudoRandom } from "../../src/chip/access/integrated-mapping.js";
import { deriveKey } from "../../src/chip/access/kdf.js";
import { canSecret, mrzInformation, mrzSecret } from "../../src/chip/access/keys.js";
import { authenticatePace, type PacePassword } from "../../src/chip/access/pace.js";
import { choosePace } from "../../src/chip/access/pace-info.js";
import { parseSecurityInfos } from "../../src/chip/lds/security-infos.js";
import { startSecureMessaging } from "../../src/chip/secure-messaging.js";
import { writeTlv } from "../../src/chip/tlv.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex").toUpperCase();
const plain = (text: string): string => text.replaceAll(/\s/g, "");

type Exchange = readonly [command: string, answer: string];

/** A card that answers the appendix's bytes and insists on the appendix's commands. */
const scripted = (exchanges: readonly Exchange[]): Card => {
  let next = 0;
  return {
    uid: bytes("08000000"),
    type: "A",
    transceive: (command) => {
      const exchange = exchanges[next];
      next += 1;
      assert.is(hex(command), plain(exchange?.[0] ?? ""), `command ${next}`);
      return Promise.resolve(bytes(exchange?.[1] ?? ""));
    },
    release: () => Promise.resolve(),
  };
};

const variantOf = (paceInfo: string) => {
  const choice = choosePace(parseSecurityInfos(writeTlv(0x31, bytes(paceInfo))), false);
  if (!("variant" in choice)) throw new Error(choice.obstacle);
  return choice.variant;
};

/** Runs the exchange with the appendix's private values and gives what it ended in. */
const run = async (given: {
  readonly paceInfo: string;
  readonly password: PacePassword;
  readonly random: readonly string[];
  readonly exchanges: readonly Exchange[];
}) => {
  const left = given.random.map(bytes);
  const outcome = await authenticatePace(
    new PlainChannel(scripted(given.exchanges), () => {}),
    variantOf(given.paceInfo),
    given.password,
    () => left.shift() ?? new Uint8Array(),
  );
  if (outcome.state !== "open") throw new Error(outcome.detail);
  assert.is(left.length, 0);
  return outcome;
};

/** The keys are private to the session: they are compared by what they protect. */
const sameSession = (
  messaging: ReturnType<typeof startSecureMessaging>,
  secret: string,
  keys: readonly [encryption: string, mac: string],
) => {
  assert.is(hex(deriveKey("AES-128", bytes(secret), 1)), plain(keys[0]));
  assert.is(hex(deriveKey("AES-128", bytes(secret), 2)), plain(keys[1]));
  const command = { cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: bytes("A0000002471001") };
  assert.equal(messaging.protect(command), startSecureMessaging("AES-128", bytes(secret)).protect(command));
};

const MRZ_G: PacePassword = {
  kind: "MRZ",
  secret: mrzSecret(
    mrzInformation({ documentNumber: "T22000129", birthDate: "640812", expiryDates: [] }, "101031"),
  ),
};
/** The key that appendix H takes as given is that of this number. */
const CAN_H: PacePassword = { kind: "CAN", secret: canSecret("123456") };

test("G: the key derived from the MRZ", () => {
  assert.is(hex(MRZ_G.secret), "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
  assert.is(hex(deriveKey("AES-128", MRZ_G.secret, 3)), "89DED1B26624EC1E634C1989302849DD");
});

const brainpool = () => {
  const group = standardizedGroup(13);
  if (group === null) throw new Error("no brainpoolP256r1");
  return group;
};

const G1 = {
  mapping: "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
  chipMapping: `04 824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57
    30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54`,
  shared: `04 60332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5
    0840CA7415BAF3E43BD414D35AA4608B93A2CAF3A4E3EA4E82C9C13D03EB7181`,
  mapped: `04 8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2
    8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522`,
  ephemeral: "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
};

test("G.1: generic mapping on brainpoolP256r1, step by step", () => {
  const group = brainpool();
  const shared = group.privateKey(toInteger(bytes(G1.mapping))).agree(bytes(G1.chipMapping));
  assert.is(hex(shared), plain(G1.shared));
  assert.is(hex(group.mapGeneric(bytes("3F00C4D39D153F2B2A214A078D899B22"), shared)), plain(G1.mapped));
});

test("G.1: the whole exchange", async () => {
  const { messaging, chipMapping } = await run({
    paceInfo: "3012060A 04007F00 07020204 02020201 0202010D",
    password: MRZ_G,
    random: [G1.mapping, G1.ephemeral],
    exchanges: [
      ["0022C1A40F800A04007F00070202040202830101", "9000"],
      ["10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"],
      [
        `1086000045 7C43814104 7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E
          544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D 00`,
        `7C438241 ${G1.chipMapping} 9000`,
      ],
      [
        `1086000045 7C43834104 2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C
          3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462 00`,
        `7C43844104 9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
          7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094 9000`,
      ],
      ["008600000C 7C0A8508 C2B0BD78D94BA866 00", "7C0A8608 3ABB9674BCE93C08 9000"],
    ],
  });
  assert.is(chipMapping, null);
  sameSession(messaging, "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925", [
    "F5F0E35C0D7161EE6724EE513A0D9A7F",
    "FE251C7858B356B24514B3BD5F4297D1",
  ]);
});

const G2 = {
  mapping: "5265030F751F4AD18B08AC565FC7AC952E41618D",
  terminalMapping: `23FB3749EA030D2A25B278D2A562047A DE3F01B74F17A15402CB7352CA7D2B3E
    B71C343DB13D1DEBCE9A3666DBCFC920 B49174A602CB47965CAA73DC702489A4 4D41DB914DE9613DC5E98C94160551C0
    DF86274B9359BC0490D01B03AD54022D CB4F57FAD6322497D7A1E28D46710F46 1AFE710FBBBC5F8BA166F4311975EC6C`,
  chipMapping: `78879F57225AA8080D52ED0FC890A4B2 5336F699AA89A2D3A189654AF70729E6
    23EA5738B26381E4DA19E004706FACE7 B235C2DBF2F38748312F3C98C2DD4882 A41947B324AA1259AC22579DB93F7085
    655AF30889DBB845D9E6783FE42C9F24 49400306254C8AE8EE9DD812A804C0B6 6E8CAFC14F84D8258950A91B44126EE6`,
  shared: `5BABEBEF5B74E5BA94B5C063FDA15F1F 1CDE94873EE0A5D3A2FCAB49F258D07F
    544F13CB66658C3AFEE9E727389BE3F6 CBBBD32128A8C21DD6EEA3CF7091CDDF B08B8D007D40318DCCA4FFBF51208790
    FB4BD111E5A968ED6B6F08B26CA87C41 0B3CE0C310CE104EABD16629AA48620C 1279270CB0750C0D37C57FFFE302AE7F`,
  mapped: `7C9CBFE98F9FBDDA8D143506FA7D9306 F4CB17E3C71707AFF5E1C1A123702496
    84D64EE37AF44B8DBD9D45BF6023919C BAA027AB97ACC771666C8E98FF483301 BFA4872DEDE9034EDFACB70814166B7F
    360676829B826BEA57291B5AD69FBC84 EF1E779032A305803F74341793E86974 2D401325B37EE8565FFCDEE618342DC5`,
  ephemeral: "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA",
  terminalKey: `907D89E2D425A178AA81AF4A7774EC8E 388C115CAE67031E85EECE520BD91155
    1B9AE4D04369F29A02626C86FBC6747C C7BC352645B6161A2A42D44EDA80A08F A8D61B76D3A154AD8A5A51786B0BC071
    47057871A922212C5F67F43173172236 B7747D1671E6D692A3C7D40A0C3C5CE3 97545D015C175EB5130551EDBC2EE5D4`,
  chipKey: `075693D9AE941877573E634B6E644F8E 60AF17A0076B8B123D9201074D36152B
    D8B3A213F53820C42ADC79AB5D0AEEC3 AEFB91394DA476BD97B9B14D0A65C1FC 71A0E019CB08AF55E1F729005FBA7E3F
    A5DC41899238A250767A6D46DB974064 386CD456743585F8E5D90CC8B4004B1F 6D866C79CE0584E49687FF61BC29AEA1`,
  secret: `6BABC7B3A72BCD7EA385E4C62DB2625B D8613B24149E146A629311C4CA6698E3
    8B834B6A9E9CD7184BA8834AFF5043D4 36950C4C1E7832367C10CB8C314D40E5 990B0DF7013E64B4549E2270923D06F0
    8CFF6BD3E977DDE6ABE4C31D55C0FA2E 465E553E77BDF75E3193D3834FC26E8E B1EE2FA1E4FC97C18C3F6CFFFE2607FD`,
};

const modp = () => {
  const group = standardizedGroup(0);
  if (group === null) throw new Error("no MODP group");
  return group;
};

test("G.2: generic mapping modulo a prime, step by step", () => {
  const key = modp().privateKey(toInteger(bytes(G2.mapping)));
  assert.is(hex(key.publicKey()), plain(G2.terminalMapping));
  const shared = key.agree(bytes(G2.chipMapping));
  assert.is(hex(shared), plain(G2.shared));
  assert.is(hex(modp().mapGeneric(bytes("FA5B7E3E49753A0DB9178B7B9BD898C8"), shared)), plain(G2.mapped));
});

test("G.2: the whole exchange", async () => {
  const { messaging } = await run({
    paceInfo: "3012060A 04007F00 07020204 01020201 02020100",
    password: MRZ_G,
    random: [G2.mapping, G2.ephemeral],
    exchanges: [
      ["0022C1A40F800A04007F00070202040102830101", "9000"],
      ["10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000"],
      [`1086000086 7C8183818180 ${G2.terminalMapping} 00`, `7C8183828180 ${G2.chipMapping} 9000`],
      [`1086000086 7C8183838180 ${G2.terminalKey} 00`, `7C8183848180 ${G2.chipKey} 9000`],
      [
        "008600000C 7C0A8508 B46DD9BD4D98381F 00",
        // The appendix's card adds a certification authority reference that nobody asked for.
        "7C1B8608 917F37B5C0E6D8D1 870F444554455354435643413030303033 9000",
      ],
    ],
  });
  sameSession(messaging, G2.secret, ["2F7F46ADCC9E7E521B45D192FAFA9126", "805A1D27D45A5116F73C54469462B7D8"]);
});

test("H.1: integrated mapping on brainpoolP256r1, step by step", () => {
  assert.is(hex(deriveKey("AES-128", CAN_H.secret, 3)), "591468CDA83D65219CCCB8560233600F");
  const group = brainpool();
  const nonces = {
    chip: bytes("2923BE84E16CD6AE529049F1F1BBE9EB"),
    terminal: bytes("5DD4CBFC96F5453B130D890A1CDBAE32"),
  };
  const random = pseudoRandom("AES-128", nonces, group.fieldBits);
  assert.is(
    hex(random),
    "E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C97254189800C517BAA8DA0FF397ED8C445D3E421E4FEB57322",
  );
  const element = modulo(toInteger(random), group.fieldPrime);
  assert.is(
    element.toString(16).toUpperCase(),
    "A2F8FF2DF50E52C6599F386ADCB595D229F6A167ADE2BE5F2C3296ADD5B7430E",
  );
  assert.is(
    hex(group.mapIntegrated(element)),
    "048E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427" +
      "4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD",
  );
});

test("H.1: the whole exchange", async () => {
  const { messaging } = await run({
    paceInfo: "3012060A 04007F00 07020204 04020201 0202010D",
    password: CAN_H,
    random: [
      "5DD4CBFC96F5453B130D890A1CDBAE32",
      "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
    ],
    exchanges: [
      ["0022C1A40F800A04007F00070202040402830102", "9000"],
      ["10860000027C0000", "7C128010143DC40C08C8E891FBED7DEDB92B64AD9000"],
      ["1086000014 7C128110 5DD4CBFC96F5453B130D890A1CDBAE32 00", "7C0282009000"],
      [
        `1086000045 7C43834104 89CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4
          6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37 00`,
        `7C43844104 67F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8
          932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753 9000`,
      ],
      ["008600000C 7C0A8508 450F02B86F6A0909 00", "7C0A8608 75D4D96E8D5B0308 9000"],
    ],
  });
  sameSession(messaging, "4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713", [
    "0D3FEB33251A6370893D62AE8DAAF51B",
    "B01E89E3D9E8719E586B50B4A7506E0B",
  ]);
});

const H2 = {
  random: `EAB98D13E09052952AA729907C3C9461 84DEA0FE74AD2B3AF506F0A83018459C
    38099CD1F7FF4EA0A078DB1FAC136550 5E3DC85500EF95E20B4EEF2E88489233 BEE0546B472F994B618D168702406791
    DEEF3CB4810932EC278F3533FDB860EB 4835C36FA4F1BF3FA0B828A718C96BDE 88FBA38A3E6C35AAA10959251EB5FC71
    0FC187258995944C0F926E249373F485`,
  element: `A0C7C50C002061A51CC87D254EF38068 607417B6EE1B36473CFB800D2D2E5FA2
    B6980F01105D24FAB22ACD1BFA5C8A4C 093ECDFAFE6D7125D42A843E33860383 5CF19AFAFF75EFE21DC5F6AA1F9AE46C
    25087E7368166FB08C1E4627AFED7D93 570417B790FF7F747E57F432B04E1236 819E0DFEF5B6E77CA4999925328182D2`,
  mapped: `1D7D767F11E333BCD6DBAEF40E799E7A 926B96973550656FF3C830726D118D61
    C276CDCC61D475CF03A98E0C0E79CAEB A5BE25578BD4551D0B10903236F0B0F9 76852FA78EEA14EA0ACA87D1E91F688F
    E0DFF897BBE35A472621D343564B262F 34223AE8FC59B664BFEDFA2BFE7516CA 5510A6BBB633D517EC25D4E0BBAA16C2`,
  /** Larger than the order of the group. */
  ephemeral: `4BD0E54740F9A028E6A515BFDAF96784 8C4F5F5FFF65AA0915947FFD1A0DF2FA
    6981271BC905F3551457B7E03AC3B806 6DE4AA406C1171FB43DD939C4BA16175 103BA3DEE16419AA248118F90CC36A3D
    6F4C373652E0C3CCE7F0F1D0C5425B36 00F0F0D6A67F004C8BBA33F2B4733C72 52445C1DFC4F1107203F71D2EFB28161`,
  terminalKey: `0F0CC62945A8029251FB7EF3C094E12E C68E4EF07F27CB9D9CD04C5C4250FAE0
    E4F8A951557E929AEB48E5C6DD47F2F5 CD7C351A9BD2CD722C07EDE166770F08 FFCB370262CF308DD7B07F2E0DA9CAAA
    1492344C852906919538C98A4BA4187E 76CE9D87832386D319CE2E043C3343AE AE6EDBA1A9894DC5094D22F7FE1351D5`,
  chipKey: `928D9A0F9DBA450F13FC859C6F290D1D 36E42431138A4378500BEB4E0401854C
    FF111F71CB6DC1D0335807A11388CC8E AA87B07907AAD9FBA6B169AF6D8C26AF 8DDDC39ADC3AD2E3FF882B84D23E9768
    E95A80E4746FB07A9767679FE92133B4 D379935C771BD7FBED6C7BB4B1708B27 5EA75679524CDC9C6A91370CC662A2F3`,
  secret: `419410D6C0A17A4C07C54872CE1CBCEB 0A2705C1A434C8A89A4CFE41F1D78124
    CA7EC52BDE7615E5345E48AB1ABB6E7D 1D59A57F3174084D3CA4570397C1F622 28BDFDB2DA191EA2239E2C060DBE3BBC
    23C2FCD0AF12E0F9E0B99FCF91FF1959 011D5798B2FCBC1F14FCC24E441F4C8F 9B08D977E9498560E63E7FFAB3134EA7`,
};

test("H.2: integrated mapping modulo a prime, step by step", () => {
  const group = modp();
  const nonces = {
    chip: bytes("FA5B7E3E49753A0DB9178B7B9BD898C8"),
    terminal: bytes("B3A6DB3C870C3E99245E0D1C06B747DE"),
  };
  const random = pseudoRandom("AES-128", nonces, group.fieldBits);
  assert.is(hex(random), plain(H2.random));
  const element = modulo(toInteger(random), group.fieldPrime);
  assert.is(element, toInteger(bytes(H2.element)));
  assert.is(hex(group.mapIntegrated(element)), plain(H2.mapped));
});

test("H.2: the whole exchange", async () => {
  // The appendix's private key is not reduced; its remainder is the same key.
  const reduced = modulo(toInteger(bytes(H2.ephemeral)), modp().order)
    .toString(16)
    .padStart(40, "0");
  const { messaging } = await run({
    paceInfo: "3012060A 04007F00 07020204 03020201 02020100",
    password: CAN_H,
    random: ["B3A6DB3C870C3E99245E0D1C06B747DE", reduced],
    exchanges: [
      ["0022C1A40F800A04007F00070202040302830102", "9000"],
      ["10860000027C0000", "7C1280109ABB8864CA0FF1551E620D1EF4E135109000"],
      // Some chips give no data at all where an empty object belongs.
      ["1086000014 7C128110 B3A6DB3C870C3E99245E0D1C06B747DE 00", "9000"],
      [`1086000086 7C8183838180 ${H2.terminalKey} 00`, `7C8183848180 ${H2.chipKey} 9000`],
      ["008600000C 7C0A8508 55D61977CBF5307E 00", "7C0A8608 C2F04230187E1525 9000"],
    ],
  });
  sameSession(messaging, H2.secret, ["01AFC10CF87BE36D8179E87370171F07", "23F0FBD05FD6C7B8B88F4C8309669061"]);
});

const STATIC_KEY = `04 1872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8
  84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F`;

test("I.1: chip-authentication mapping on brainpoolP256r1, the whole exchange and the chip's static key", async () => {
  const information = mrzInformation(
    { documentNumber: "C11T002JM", birthDate: "960812", expiryDates: [] },
    "231031",
  );
  const secret = mrzSecret(information);
  assert.is(hex(secret), "894D03F148C6265E89845B218856EA34D00EF8E8");
  assert.is(hex(deriveKey("AES-128", secret, 3)), "4E6F6FBF7BE748B932C7B74161BBA9DF");
  const { messaging, chipMapping } = await run({
    paceInfo: "3012060A 04007F00 07020204 06020201 0202010D",
    password: { kind: "MRZ", secret },
    random: [
      "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
      "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
    ],
    exchanges: [
      ["0022C1A40F800A04007F00070202040602830101", "9000"],
      ["10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"],
      [
        `1086000045 7C43814104 7F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE
          1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C1 00`,
        `7C43824104 A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3
          04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23 9000`,
      ],
      [
        `1086000045 7C43834104 446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95
          5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC 00`,
        `7C43844104 02AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331
          11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1 9000`,
      ],
      [
        "008600000C 7C0A8508 E86BD06018A1CD3B 00",
        `7C3C8608 8596CF055C67C1A3 8A30 1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD
          10CBA372B42BE0B9B5F28AA8DE2F4F92 9000`,
      ],
    ],
  });
  sameSession(messaging, "67950559D0C06B4D4B86972D14460837461087F8419FDBC36AAF6CEAAC462832", [
    "0A9DA4DB03BDDE39FC5202BC44B2E89E",
    "4B1C06491ED5140CA2B537D344C6C0B1",
  ]);
  assert.is(chipMapping?.keyId, 13);
  assert.is(chipMapping?.holds(bytes(STATIC_KEY)), true);
  // Another point of the curve, a point off it, and noise.
  assert.is(chipMapping?.holds(bytes(G1.chipMapping)), false);
  const changed = bytes(STATIC_KEY);
  changed[64] = (changed[64] ?? 0) ^ 1;
  assert.is(chipMapping?.holds(changed), false);
  assert.is(chipMapping?.holds(new Uint8Array()), false);
});

test("the tokens are no padded CMAC: one bit of the template changes them", () => {
  const key = bytes("FE251C7858B356B24514B3BD5F4297D1");
  const template = bytes(
    `7F494F060A04007F000702020402028641049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
      7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094`,
  );
  assert.is(hex(aesMac(key, template)), "C2B0BD78D94BA866");
});

test.run();
