// What does the tray process do with each preview frame?
import sharp from "sharp";
import { serveProcess } from "../serve-process.js";
import { decodeFrame } from "./decode.js";
import { loadOpenCv } from "./find-page.js";
import { type FrameLook, lookAtFrame } from "./look.js";

export interface TrayTask {
  readonly jpeg: Uint8Array;
}

sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();

serveProcess<TrayTask, FrameLook>({
  act: async ({ jpeg }) => lookAtFrame(cv, await decodeFrame(jpeg)),
  fallback: "paper.unreadable",
});
