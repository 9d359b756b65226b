// Is a recorded sentence played where it is good, and is a bad one refused with a reason?
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecordedVoices } from "../../src/acts/recorded-voices.js";
import { SystemClock } from "../../src/core/clock.js";
import { openEspeak } from "../../src/hal/speaker/espeak.js";
import { readRecording } from "../../src/hal/speaker/recording.js";
import type { SoundEnd, SoundProcess } from "../../src/hal/speaker/sound-command.js";
import { readWav, wavOf } from "../../src/hal/speaker/wav.js";
import { packageRoot } from "../../src/package-root.js";
import { loadCatalogue } from "../../src/procedures/catalogue.js";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import { spokenSentences } from "../../src/screen/voices/sentences.js";
import { voiceCheck, voiceList, voiceScript } from "../../src/voice-command.js";

const { vi } = CATALOGUES;
const { procedures } = loadCatalogue([join(packageRoot(), "dist", "src", "procedures", "data")]);
const folder = mkdtempSync(join(tmpdir(), "motcua-voices-"));
const own = join(folder, "vi");
mkdirSync(own);
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Half a second of a tone that can be heard. */
const tone = (rateHz = 22_050): Buffer => {
  const samples = Buffer.alloc(rateHz);
  for (let at = 0; at < samples.length; at += 2)
    samples.writeInt16LE(Math.round(8_000 * Math.sin(at / 9)), at);
  return wavOf(samples, rateHz);
};

const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(own, name), bytes);

interface Io {
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
}

const run = (work: (io: Io) => number) => {
  const out: string[] = [];
  const err: string[] = [];
  const keep = (lines: string[]) => ({
    write: (text: string) => {
      lines.push(text);
    },
  });
  const code = work({ stdout: keep(out), stderr: keep(err) });
  return { code, stdout: out.join(""), stderr: err.join("") };
};

const options = { folder, languages: ["vi"] as const, procedures };

test("every sentence has one key that is a file's name; a sentence with a value stays the machine's", () => {
  for (const language of ["vi", "en"] as const) {
    const sentences = spokenSentences(language, procedures);
    assert.ok(sentences.length > 500, `${sentences.length}`);
    assert.is(new Set(sentences.map(({ key }) => key)).size, sentences.length);
    for (const { key, text, recordable } of sentences) {
      assert.match(key, /^[\w.-]{1,120}$/);
      assert.is(recordable, !text.includes("{{"), key);
    }
    assert.ok(
      sentences.some(({ key }) => key.startsWith("fault.")) &&
        sentences.some(({ key }) => key.startsWith("procedure.")),
    );
  }
});

test("a WAVE with other chunks and two channels is taken; anything else is refused in words", () => {
  const plain = tone();
  const { samples = Buffer.alloc(0) } = readWav(plain) ?? {};
  const list = Buffer.concat([Buffer.from("LIST"), Buffer.from([3, 0, 0, 0]), Buffer.from("abc\0")]);
  const stereo = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
  stereo.writeUInt16LE(2, 22);
  const both = readRecording(stereo);
  assert.ok(both.ok);
  assert.is(both.ok && both.sound.samples.length, 2 * Math.floor(samples.length / 4));
  const wrong: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.concat([Buffer.from("OggS"), Buffer.alloc(100)]), /Ogg.*ffmpeg/],
    [Buffer.concat([Buffer.from("ID3"), Buffer.alloc(100)]), /MP3/],
    [Buffer.from("hello"), /no WAVE/],
    [plain.subarray(0, plain.length - 50), /cut off/],
    [wavOf(Buffer.alloc(22_050), 22_050), /nothing is heard/],
    [tone(96_000), /samples a second/],
    [wavOf(tone().subarray(44, 444), 22_050), /shorter/],
  ];
  for (const [bytes, why] of wrong) {
    const read = readRecording(bytes);
    assert.match(read.ok ? "taken" : read.why, why);
  }
});

test("list, script and check agree on what is there, what is missing, and what can not be played", () => {
  put("goodbye.lead.wav", tone());
  put("rate.title.wav", Buffer.from("OggS and so on"));
  put("nothing.like.it.wav", tone());
  const list = run((io) => voiceList({ ...options, json: true }, io));
  assert.is(list.code, 0);
  const [{ sentences, strays }] = JSON.parse(list.stdout) as [
    { sentences: { key: string; state: string; seconds?: number; why?: string }[]; strays: string[] },
  ];
  const of = (key: string) => sentences.find((row) => row.key === key);
  assert.equal([of("goodbye.lead")?.state, of("goodbye.lead")?.seconds], ["recorded", 0.5]);
  assert.is(of("rate.title")?.state, "refused");
  assert.is(of("goodbye.title")?.state, "missing");
  assert.is(of("common.percent")?.state, "synthetic");
  assert.equal(strays, ["nothing.like.it.wav"]);
  const script = run((io) => voiceScript({ ...options, all: false }, io));
  assert.match(script.stdout, /^1\. /m);
  assert.ok(script.stdout.includes(vi.goodbye.title.text) && !script.stdout.includes("goodbye.lead.wav"));
  assert.not.match(script.stdout, /\{\{/);
  const check = run((io) => voiceCheck({ ...options, json: false, writeManifest: false }, io));
  assert.is(check.code, 1);
  assert.match(check.stderr, /rate\.title\.wav: it is Ogg, not WAVE; convert it/);
  assert.match(check.stderr, /nothing\.like\.it\.wav: no sentence has this name/);
  rmSync(join(own, "rate.title.wav"));
  rmSync(join(own, "nothing.like.it.wav"));
  assert.is(run((io) => voiceCheck({ ...options, json: true, writeManifest: true }, io)).code, 0);
  assert.ok(existsSync(join(own, "manifest.json")));
});

test("with a manifest a file says only the sentence that it was read for, and no other file takes its place", () => {
  const voices = new RecordedVoices(folder, procedures);
  assert.ok(voices.of(vi.goodbye.lead.text, "vi") !== null);
  assert.is(voices.of(vi.goodbye.lead.text, "en"), null);
  assert.is(voices.of("Nguyễn Văn Mẫu", "vi"), null);
  put("goodbye.lead.wav", tone(16_000));
  assert.is(voices.of(vi.goodbye.lead.text, "vi"), null, "not the file that was checked");
  run((io) => voiceCheck({ ...options, json: true, writeManifest: true }, io));
  assert.ok(voices.of(vi.goodbye.lead.text, "vi") !== null);
  const manifest = {
    recordings: { "goodbye.lead": { text: "Xin lấy giấy.", sha256: "0".repeat(64) } },
  };
  put("manifest.json", Buffer.from(JSON.stringify(manifest)));
  assert.is(voices.of(vi.goodbye.lead.text, "vi"), null);
  const check = run((io) => voiceCheck({ ...options, json: false, writeManifest: false }, io));
  assert.match(check.stderr, /the sentence is another since/);
  put("manifest.json", Buffer.from("{"));
  assert.throws(
    () => run((io) => voiceCheck({ ...options, json: false, writeManifest: false }, io)),
    /is no manifest/,
  );
  rmSync(join(own, "manifest.json"));
});

test("the speaker plays the recording at the normal pace, and the machine says everything else", async () => {
  put("goodbye.lead.wav", tone(16_000));
  const done: SoundEnd = { output: Buffer.alloc(0), complaint: "", code: 0, killedBy: null, errno: null };
  const played: number[] = [];
  const spoken: string[] = [];
  const startSound: SoundProcess = async ({ command, input }) => {
    if (/aplay/.test(command)) {
      played.push(readWav(Buffer.from(input))?.sampleRateHz ?? 0);
      return done;
    }
    spoken.push(Buffer.from(input).toString("utf8"));
    return { ...done, output: tone(8_000) };
  };
  const speaker = await openEspeak({
    clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
    startSound,
    recorded: new RecordedVoices(folder, procedures).of,
  });
  const { text } = vi.goodbye.lead;
  await speaker.say(text, "vi", { keep: true });
  assert.is(played.at(-1), 16_000);
  await speaker.say(text, "vi", { keep: true, pace: "slow" });
  await speaker.say(text, "vi", { keep: false });
  await speaker.say(vi.goodbye.title.text, "vi", { keep: true });
  assert.equal(played.slice(-3), [8_000, 8_000, 8_000]);
  assert.equal(spoken.slice(1), [text, text, vi.goodbye.title.text]);
  await speaker.close();
});

test("the command reads a kiosk's own folder", () => {
  const state = join(folder, "state");
  mkdirSync(join(state, "voices", "vi"), { recursive: true });
  writeFileSync(join(state, "voices", "vi", "goodbye.lead.wav"), tone());
  const bin = join(packageRoot(), "src", "motcua.mjs");
  const stdout = execFileSync(process.execPath, [bin, "voice", "list", "--lang", "vi", "--state", state], {
    encoding: "utf8",
    env: { ...process.env, MOTCUA_SETUP: "done" },
  });
  assert.match(stdout, /^recorded 0\.5 s\tgoodbye\.lead\t/m);
  assert.match(stdout, /^vi: 1 recorded, \d+ missing, 0 refused/m);
});

test.run();
