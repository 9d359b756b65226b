// How does somebody who sees nothing go about the kiosk in a real browser, with a number pad and what is heard?

import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import type { DockAct, DockState } from "../../src/dock/world.js";

export interface Ear {
  readonly page: Page;
  readonly dockUrl: string;
}

const PATIENCE_MS = 150_000;

export const dockState = async (ear: Ear): Promise<DockState> =>
  (await (await fetch(new URL("/state", ear.dockUrl))).json()) as DockState;

export const act = async (ear: Ear, what: DockAct): Promise<void> => {
  const reply = await fetch(new URL("/act", ear.dockUrl), {
    method: "POST",
    body: JSON.stringify(what),
    headers: { "content-type": "application/json" },
  });
  assert.ok(reply.ok, await reply.text());
};

export const said = async (ear: Ear): Promise<readonly string[]> =>
  ((await dockState(ear)).heard ?? []).map(({ text }) => text);

export const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
};

/** Waits until somebody in the room, or the ear, heard it; gives what was said up to then. */
export const hears = async (ear: Ear, words: string | RegExp, from = 0): Promise<readonly string[]> => {
  let all: readonly string[] = [];
  const matches = (text: string) => (typeof words === "string" ? text.includes(words) : words.test(text));
  await until(`hears ${words}`, async () => {
    all = (await said(ear)).slice(from);
    return all.some(matches);
  }).catch((error: Error) => {
    throw new Error(`${error.message}; heard: ${all.slice(-12).join(" | ")}`);
  });
  return all;
};

export const attribute = async (ear: Ear, name: string): Promise<string> =>
  (await ear.page.locator("[data-screen]").getAttribute(name)) ?? "";

export const at = (ear: Ear, screen: string): Promise<void> =>
  until(`the screen ${screen}`, async () => (await attribute(ear, "data-screen")).startsWith(screen)).catch(
    async (error: Error) => {
      const now = await ear.page.locator(".screen").textContent();
      throw new Error(`${error.message}; it is ${await attribute(ear, "data-screen")}: ${now}`);
    },
  );

/** A key, and what it changed is on the page. */
export const press = async (ear: Ear, key: string): Promise<void> => {
  const before = await attribute(ear, "data-revision");
  await ear.page.keyboard.press(key);
  const end = Date.now() + 1_500;
  while ((await attribute(ear, "data-revision")) === before && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 15));
};

export const item = async (ear: Ear): Promise<string> =>
  (await ear.page.locator(".by-ear-item").textContent()) ?? "";

/** Walks on from where one stands, or from the top, to the item of these words. */
export const walkTo = async (ear: Ear, words: string | RegExp): Promise<void> => {
  const matches = (text: string) => (typeof words === "string" ? text.includes(words) : words.test(text));
  for (const key of ["NumpadAdd", "NumpadSubtract", "NumpadAdd"])
    for (let moves = 0; moves < 40; moves++) {
      const before = await item(ear);
      // The first item names much of what comes behind it.
      const isFirst = /^1 /.test((await ear.page.locator(".by-ear-at").textContent()) ?? "");
      if (!isFirst && matches(before)) return;
      const place = await ear.page.locator(".by-ear-at").textContent();
      await press(ear, key);
      if ((await ear.page.locator(".by-ear-at").textContent()) === place) break;
    }
  throw new Error(`no item ${words} on ${await attribute(ear, "data-screen")}; stands on ${await item(ear)}`);
};

export const choose = async (ear: Ear, words: string | RegExp): Promise<void> => {
  await walkTo(ear, words);
  await press(ear, "NumpadEnter");
};
