// Where do headers and libraries of another processor's Debian lie, for add-ons that speak to one?
//
// An apt of its own, beside the machine's: no foreign architecture is added to this machine, nothing is installed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, run } from "./registry.mjs";

/** PC/SC readers and the GPIO character device, each with the library that its link leads to. */
const PACKAGES = ["libpcsclite-dev", "libpcsclite1", "libgpiod-dev", "libgpiod2"];

const aptOf = (folder, debArch) => {
  mkdirSync(join(folder, "state", "lists", "partial"), { recursive: true });
  mkdirSync(join(folder, "cache", "archives", "partial"), { recursive: true });
  writeFileSync(join(folder, "status"), "");
  const config = join(folder, "apt.conf");
  writeFileSync(
    config,
    `APT::Architecture "${debArch}";
APT::Architectures { "${debArch}"; };
APT::Sandbox::User "root";
Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
`,
  );
  return { ...process.env, APT_CONFIG: config };
};

/** The folder; made once. Throws where Debian's archive can not be reached. */
export const sysrootOf = (debArch) => {
  const kept = join(cacheFolder("sysroot"), debArch);
  if (existsSync(kept)) return kept;
  const folder = `${kept}.${process.pid}`;
  try {
    const env = aptOf(join(folder, "apt"), debArch);
    run("apt-get", ["update", "--quiet"], { env });
    mkdirSync(join(folder, "debs"));
    run("apt-get", ["download", "--quiet", ...PACKAGES], { env, cwd: join(folder, "debs") });
    for (const name of readdirSync(join(folder, "debs")))
      run("dpkg-deb", ["--extract", join(folder, "debs", name), join(folder, "root")]);
    renameSync(join(folder, "root"), kept);
    return kept;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
