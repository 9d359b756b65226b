// Which proofs on a whole machine are there, and what does each need to run here?
//
// Each is a program of its own: exit code 0 is a pass, its output says why it is not. To add one, add a row.

export interface Layer {
  readonly name: string;
  /** One line for whoever runs it. */
  readonly proves: string;
  /** The program, beside this file. */
  readonly script: string;
  /** A command that must be there, with the Debian package that brings it. */
  readonly tools: readonly (readonly [path: string, debianPackage: string])[];
  readonly needsRoot: boolean;
  readonly limitMinutes: number;
}

export const LAYERS: readonly Layer[] = [
  {
    name: "nspawn",
    proves:
      "systemd boots with the .deb installed: visits, watchdog, read-only root, power cut, upgrade, removal",
    script: "nspawn.js",
    tools: [
      ["/usr/bin/systemd-nspawn", "systemd-container"],
      ["/usr/bin/mmdebstrap", "mmdebstrap"],
      ["/usr/bin/dpkg-deb", "dpkg"],
      ["/usr/bin/unshare", "util-linux"],
      ["/usr/sbin/ip", "iproute2"],
      ["/usr/sbin/mkfs.ext4", "e2fsprogs"],
      ["/usr/sbin/mosquitto", "mosquitto"],
    ],
    needsRoot: true,
    limitMinutes: 60,
  },
];
