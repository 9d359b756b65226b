// Is every sentence spoken by the right voice, can it be cut, and does a machine without sound never hang?
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEspeak } from "../../src/hal/speaker/espeak.js";
import { silentSpeaker } from "../../src/hal/speaker/silent.js";
import { assertFault, eventually, systemClock } from "./wires.js";

const clock = systemClock();

/** ALSA's null device: the real espeak-ng opens, plays into nothing and ends. */
const NULL_SOUND = "pcm.!default { type null }\nctl.!default { type null }\n";
/** A card that is not there. */
const NO_SOUND = "pcm.!default { type hw card 29 }\nctl.!default { type hw card 29 }\n";

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-speaker-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const sound = async (folder: string, text: string): Promise<Record<string, string>> => {
  const ALSA_CONFIG_PATH = join(folder, "asound.conf");
  await writeFile(ALSA_CONFIG_PATH, text);
  // No sound server of the machine may take part.
  return { ALSA_CONFIG_PATH, PULSE_SERVER: `unix:${folder}/none`, XDG_RUNTIME_DIR: folder };
};

/** A command of that name that notes how it was started and what it was told, then runs `then`. */
const recorder = async (folder: string, then: string): Promise<void> => {
  const command = join(folder, "espeak-ng");
  const note = `printf '%s\\n' "$*" >> '${folder}/words'; cat >> '${folder}/text'; printf '\\n' >> '${folder}/text'`;
  await writeFile(command, `#!/bin/sh\n${note}\ncase "$*" in *"-a 0 "*) exit 0;; esac\n${then}\n`);
  await chmod(command, 0o755);
};

const lines = async (folder: string, name: string): Promise<string[]> =>
  (await readFile(join(folder, name), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

test("the real espeak-ng speaks Vietnamese and English to the end", () =>
  inFolder(async (folder) => {
    const speaker = await openEspeak({ clock, environment: await sound(folder, NULL_SOUND) });
    await speaker.say("Xin đặt thẻ căn cước lên đầu đọc.", "vi");
    await speaker.say("Please lay your card on the reader.", "en");
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

test("without an audio device opening fails soon and says so, instead of hanging", () =>
  inFolder(async (folder) => {
    const environment = await sound(folder, NO_SOUND);
    const started = clock.monotonicMs();
    await assertFault("speaker.absent", /ended with \d+: error:/i, () => openEspeak({ clock, environment }));
    assert.ok(clock.monotonicMs() - started < 25_000);
  }));

test("without the command opening fails and names it", () =>
  inFolder((folder) =>
    assertFault("speaker.absent", /espeak-ng does not start/, () =>
      openEspeak({ clock, commandDir: folder }),
    ),
  ));

test("text goes in by stdin and never into the process list; voice and loudness are chosen by options", () =>
  inFolder(async (folder) => {
    await recorder(folder, "exit 0");
    const speaker = await openEspeak({ clock, commandDir: folder });
    await speaker.setVolume(1);
    await speaker.say("Số của bác là $(reboot) 42", "vi");
    await speaker.setVolume(0.5);
    await speaker.say("Your number is 42", "en");
    assert.equal((await lines(folder, "words")).slice(1), [
      "-v vi -s 140 -a 150 -b 1 --stdin",
      "-v en-us -s 140 -a 75 -b 1 --stdin",
    ]);
    assert.equal(await lines(folder, "text"), ["Số của bác là $(reboot) 42", "Your number is 42"]);
    await speaker.close();
  }));

test("stop cuts a sentence at once, and the next sentence cuts the one before", () =>
  inFolder(async (folder) => {
    await recorder(folder, `echo $$ >> '${folder}/pids'; exec sleep 60`);
    const speaker = await openEspeak({ clock, commandDir: folder });
    const started = clock.monotonicMs();
    const first = speaker.say("một", "vi");
    const second = speaker.say("hai", "vi");
    await first;
    let pids: string[] = [];
    for (let round = 0; round < 200 && pids.length === 0; round++) {
      pids = await lines(folder, "pids");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await speaker.stop();
    await second;
    assert.ok(clock.monotonicMs() - started < 25_000);
    await eventually("the command is gone", () => {
      try {
        for (const pid of pids) process.kill(Number(pid), 0);
        return pids.length === 0;
      } catch {
        return true;
      }
    });
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

test("a loudspeaker that fails while it speaks is a fault, until a sentence succeeds again", () =>
  inFolder(async (folder) => {
    await recorder(folder, `[ -e '${folder}/dead' ] && { echo 'error: Broken pipe' >&2; exit 0; }; exit 0`);
    const speaker = await openEspeak({ clock, commandDir: folder });
    await writeFile(join(folder, "dead"), "");
    await assertFault("speaker.absent", /Broken pipe/, () => speaker.say("một", "vi"));
    assert.is((await speaker.health())?.code, "speaker.absent");
    await rm(join(folder, "dead"));
    await speaker.say("hai", "vi");
    assert.is(await speaker.health(), null);
    await speaker.close();
  }));

test("a board without a loudspeaker is silent and well", async () => {
  const speaker = silentSpeaker();
  await speaker.say("một", "vi");
  await speaker.stop();
  await speaker.setVolume(1);
  assert.is(await speaker.health(), null);
  await speaker.close();
});

test.run();
