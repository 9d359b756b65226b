// How do other programs than ours read a paper: zbarimg its codes, tesseract its text?
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { packageRoot } from "../../src/package-root.js";

/** With MOTCUA_ARTEFACTS=1 a person can look at it in var/artefacts. */
export const keep = (name: string, png: Uint8Array): void => {
  if (process.env["MOTCUA_ARTEFACTS"] !== "1") return;
  const folder = join(packageRoot(), "var", "artefacts");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.png`), png);
};

const withFile = <R>(png: Uint8Array, act: (file: string) => R): R => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-paper-"));
  try {
    const file = join(folder, "slip.png");
    writeFileSync(file, png);
    return act(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const zbar = (png: Uint8Array): string =>
  withFile(png, (file) =>
    execFileSync("zbarimg", ["--quiet", "--raw", file], { stdio: "pipe" }).toString().trim(),
  );

export const tesseract = (png: Uint8Array): string =>
  withFile(png, (file) =>
    // 203 dots an inch, one column of text.
    execFileSync("tesseract", [file, "-", "-l", "vie", "--dpi", "203", "--psm", "4"], {
      stdio: "pipe",
      env: { ...process.env, OMP_THREAD_LIMIT: "1" },
    }).toString(),
  );

/** As a scanner sees it: twice as fine, with a white margin. */
export const scanned = async (png: Uint8Array): Promise<Uint8Array> => {
  const wide = sharp(png).extend({ top: 40, bottom: 40, left: 40, right: 40, background: "#fff" });
  const { width = 0 } = await sharp(png).metadata();
  return sharp(await wide.png().toBuffer())
    .resize({ width: 2 * (width + 80) })
    .png()
    .toBuffer();
};
