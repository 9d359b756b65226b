// Is every sentence spoken by the right voice, made once, played at its volume, cut at once, and is no text kept?
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { technicianRemedy } from "../../src/core/faults.js";
import { type EspeakOptions, openEspeak } from "../../src/hal/speaker/espeak.js";
import { silentSpeaker } from "../../src/hal/speaker/silent.js";
import { VoiceCache } from "../../src/hal/speaker/voice-cache.js";
import { readWav, softer, wavOf } from "../../src/hal/speaker/wav.js";
import { assertFault, eventually, faultOf, systemClock } from "./wires.js";

const clock = systemClock();

interface Bench {
  readonly folder: string;
  readonly options: EspeakOptions;
  /** One line for each start of the player: its words and the bytes it got. */
  readonly played: () => Promise<readonly string[]>;
  readonly lastSound: () => Promise<Buffer>;
  /** What the player does after it has read its sound. */
  readonly playerDoes: (script: string) => Promise<void>;
}

/** A real child process in the player's place, which notes what it was given. */
const onBench = async (work: (bench: Bench) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-speaker-"));
  const player = join(folder, "player");
  const playerDoes = async (script: string) => {
    const note = `cat > '${folder}/sound'; printf '%s %s\\n' "$*" "$(wc -c < '${folder}/sound')" >> '${folder}/played'`;
    await writeFile(player, `#!/bin/sh\n${note}\n${script}\n`);
    await chmod(player, 0o755);
  };
  try {
    await playerDoes("exit 0");
    await work({
      folder,
      options: { clock, player, cacheFolder: join(folder, "cache") },
      // The first is the silent one that finds out whether there is a device.
      played: async () => (await lines(folder, "played")).slice(1),
      lastSound: () => readFile(join(folder, "sound")),
      playerDoes,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const lines = async (folder: string, name: string): Promise<readonly string[]> =>
  (await readFile(join(folder, name), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

/** A stand-in that counts how often a sentence is made, with the real one behind it. */
const countedEspeak = async (folder: string): Promise<void> => {
  const found = (process.env["PATH"] ?? "").split(delimiter).map((place) => join(place, "espeak-ng"));
  const command = join(folder, "espeak-ng");
  const real = `for real in ${found.map((path) => `'${path}'`).join(" ")}; do [ -x "$real" ] && exec "$real" "$@"; done`;
  await writeFile(command, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${folder}/made'\n${real}\nexit 127\n`);
  await chmod(command, 0o755);
};

/** Loudest sample, 0 … 1. */
const peak = (wav: Buffer): number => {
  const samples = readWav(wav)?.samples ?? Buffer.alloc(0);
  let loudest = 0;
  for (let at = 0; at < samples.length; at += 2)
    loudest = Math.max(loudest, Math.abs(samples.readInt16LE(at)));
  return loudest / 32_768;
};

test("the real espeak-ng makes Vietnamese and English, and the player gets a whole WAVE", () =>
  onBench(async ({ options, played, lastSound }) => {
    const speaker = await openEspeak({ ...options, device: "plughw:CARD=Device,DEV=0" });
    await speaker.say("Xin đặt thẻ căn cước lên đầu đọc.", "vi");
    const vietnamese = await lastSound();
    const sound = readWav(vietnamese);
    assert.ok(sound !== null && sound.samples.length / 2 / sound.sampleRateHz > 1, "more than a second");
    assert.is(vietnamese.readUInt32LE(4), vietnamese.length - 8);
    assert.is(vietnamese.readUInt32LE(40), vietnamese.length - 44);
    assert.ok(peak(vietnamese) > 0.05, "it can be heard");
    await speaker.say("Please lay your card on the reader.", "en");
    assert.not.equal(await lastSound(), vietnamese);
    const calls = await played();
    assert.is(calls.length, 2);
    for (const call of calls) assert.match(call, /^-q -D plughw:CARD=Device,DEV=0 - \d+$/);
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

test("a sentence of the catalogue is made once, also for the next runtime; what is personal is never kept", () =>
  onBench(async ({ folder, options, played }) => {
    await countedEspeak(folder);
    const made = async () => (await lines(folder, "made")).length;
    const first = await openEspeak({ ...options, commandDir: folder });
    const probes = await made();
    await first.say("Xin chờ một chút.", "vi", { keep: true });
    await first.say("Xin chờ một chút.", "vi", { keep: true });
    assert.is(await made(), probes + 1);
    assert.is((await readdir(join(folder, "cache"))).length, 1);
    await first.say("Nguyễn Văn Mẫu", "vi");
    await first.say("Nguyễn Văn Mẫu", "vi", { keep: false });
    assert.is(await made(), probes + 3);
    assert.is((await readdir(join(folder, "cache"))).length, 1, "nothing personal lies on disk");
    await first.close();
    const second = await openEspeak({ ...options, commandDir: folder });
    const before = await made();
    await second.say("Xin chờ một chút.", "vi", { keep: true });
    assert.is(await made(), before, "from disk");
    const [file = ""] = await readdir(join(folder, "cache"));
    await second.close();
    await truncate(join(folder, "cache", file), 1_000);
    const third = await openEspeak({ ...options, commandDir: folder });
    const again = await made();
    await third.say("Xin chờ một chút.", "vi", { keep: true });
    assert.is(await made(), again + 1, "a file cut off by a power cut is made again");
    assert.is((await played()).at(-1)?.split(" ").at(-1), (await played())[0]?.split(" ").at(-1));
    await third.close();
    for (const words of await lines(folder, "made")) assert.not.match(words, /Nguyễn|chờ/);
  }));

test("the cache holds its bound and lets go of what was said longest ago", () =>
  onBench(async ({ folder }) => {
    const wav = wavOf(Buffer.alloc(1_000, 1), 22_050);
    const cache = new VoiceCache({ folder: join(folder, "cache"), limitBytes: 5 * wav.length });
    for (let i = 0; i < 5; i++) cache.put(`sentence ${i}`, wav);
    const files = await readdir(join(folder, "cache"));
    for (const [age, file] of files.entries())
      await utimes(join(folder, "cache", file), 1_000 + age, 1_000 + age);
    const fresh = () => new VoiceCache({ folder: join(folder, "cache"), limitBytes: 5 * wav.length });
    for (const i of [0, 1, 2, 3]) assert.ok(fresh().get(`sentence ${i}`) !== null);
    fresh().put("a sixth", wav);
    assert.is((await readdir(join(folder, "cache"))).length, 5);
    assert.is(fresh().get("sentence 4"), null, "the one that was not said again went");
    assert.ok(fresh().get("sentence 0") !== null);
    const unwritable = new VoiceCache({ folder: join(folder, "player", "below a file"), limitBytes: 1_000 });
    unwritable.put("a", wav);
    assert.equal(unwritable.get("a"), wav, "without a disk it still keeps a few at hand");
  }));

test("the volume is heard, and each visit begins with the board's own", () =>
  onBench(async ({ options, lastSound }) => {
    const speaker = await openEspeak({ ...options, volume: 0.5 });
    const loudness = async () => {
      await speaker.say("Xin chào", "vi", { keep: true });
      return peak(await lastSound());
    };
    const normal = await loudness();
    await speaker.setVolume(1);
    const loud = await loudness();
    await speaker.setVolume(0);
    assert.is(await loudness(), 0);
    await speaker.resetVolume();
    assert.is(await loudness(), normal);
    assert.ok(Math.abs(normal / loud - 0.5) < 0.01, `${normal} is half of ${loud}`);
    await speaker.close();
  }));

test("stop cuts a sentence at once, and the next sentence cuts the one before", () =>
  onBench(async ({ folder, options, playerDoes }) => {
    const speaker = await openEspeak(options);
    await playerDoes(`echo $$ >> '${folder}/pids'; exec sleep 60`);
    const started = clock.monotonicMs();
    const first = speaker.say("một", "vi");
    const second = speaker.say("hai", "vi");
    await first;
    for (let round = 0; round < 500 && (await lines(folder, "pids")).length === 0; round++)
      await clock.sleep(10);
    const pids = await lines(folder, "pids");
    assert.is(pids.length, 1, "only the second got as far as the loudspeaker");
    await speaker.stop();
    await second;
    assert.ok(clock.monotonicMs() - started < 25_000);
    await eventually("the player is gone", () => {
      try {
        for (const pid of pids) process.kill(Number(pid), 0);
        return false;
      } catch {
        return true;
      }
    });
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

const remedyOf = async (opening: () => Promise<unknown>, fault: RegExp): Promise<string> => {
  const thrown = await faultOf(opening);
  assert.is(thrown.code, "speaker.absent");
  assert.match(thrown.detail, fault);
  return technicianRemedy(thrown).en;
};

test("a missing player, a missing espeak-ng, one that may not be run: each is named with its remedy", () =>
  onBench(async ({ folder, options }) => {
    const missing = join(folder, "nothing");
    assert.match(
      await remedyOf(() => openEspeak({ ...options, player: missing }), /does not start/),
      `There is no command ${missing}`,
    );
    assert.match(
      await remedyOf(() => openEspeak({ ...options, commandDir: join(folder, "cache") }), /does not start/),
      /There is no command .*espeak-ng.*board\.speaker/,
    );
    await chmod(join(folder, "player"), 0o644);
    assert.match(await remedyOf(() => openEspeak(options), /does not start/), /chmod 755/);
  }));

/** What aplay 1.2.8 says. */
const COMPLAINTS: readonly (readonly [said: string, remedy: RegExp])[] = [
  ["aplay: main:831: audio open error: Device or resource busy", /Another program holds plughw:1/],
  ["aplay: main:831: audio open error: No such file or directory", /no audio device plughw:1.*aplay -L/],
  ["aplay: main:831: audio open error: Permission denied", /usermod -aG audio motcua/],
];

for (const [said, remedy] of COMPLAINTS)
  test(`the player's complaint is understood: ${said.split(": ").at(-1)}`, () =>
    onBench(async ({ options, playerDoes }) => {
      await playerDoes(`echo '${said}' >&2; exit 1`);
      assert.match(
        await remedyOf(() => openEspeak({ ...options, device: "plughw:1" }), /ended with 1/),
        remedy,
      );
    }));

test("a loudspeaker that fails while it speaks is a fault, until a sentence succeeds again", () =>
  onBench(async ({ options, playerDoes }) => {
    const speaker = await openEspeak(options);
    await playerDoes("echo 'aplay: pcm_write:2127: write error: Input/output error' >&2; exit 1");
    await assertFault("speaker.absent", /write error/, () => speaker.say("một", "vi"));
    assert.is((await speaker.health())?.code, "speaker.absent");
    await playerDoes("exit 0");
    await speaker.say("hai", "vi");
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

const hasAplay = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "aplay")));

/** ALSA's null device plays into nothing; the other names a card that is not there. */
const aplayWith = async (folder: string, device: string): Promise<EspeakOptions> => {
  const ALSA_CONFIG_PATH = join(folder, "asound.conf");
  await writeFile(ALSA_CONFIG_PATH, `pcm.!default { ${device} }\nctl.!default { ${device} }\n`);
  return { clock, environment: { ALSA_CONFIG_PATH } };
};

if (!hasAplay) process.stdout.write("skipped: the real aplay (the package alsa-utils is not installed)\n");
else
  test("the real aplay plays to the end, and says which device it can not open", () =>
    onBench(async ({ folder }) => {
      const speaker = await openEspeak(await aplayWith(folder, "type null"));
      await speaker.say("Xin chào", "vi");
      assert.is(await speaker.health(), null);
      await speaker.close();
      const noCard = await aplayWith(folder, "type hw card 29");
      assert.match(await remedyOf(() => openEspeak(noCard), /audio open error/), /no audio device default/);
    }));

test("any bytes are read as sound or refused, and what is made is read back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const sound = readWav(Buffer.from(bytes));
      if (sound !== null) assert.ok(sound.samples.length % 2 === 0);
    }),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 2, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (bytes, gain) => {
        const even = Buffer.from(bytes.subarray(0, 2 * Math.floor(bytes.length / 2)));
        const sound = readWav(wavOf(even, 22_050));
        assert.equal(sound?.samples, even);
        if (sound !== null) assert.ok(softer(sound, gain).samples.length === even.length);
      },
    ),
  );
});

test("a board without a loudspeaker is silent and well", async () => {
  const speaker = silentSpeaker();
  await speaker.say("một", "vi");
  await speaker.stop();
  await speaker.setVolume(1);
  await speaker.resetVolume();
  assert.is(await speaker.health(), null);
  await speaker.close();
});

test.run();
