// How does a test get a disk of its own, and let go of it however it ends?
import { withFolder } from "../store/fixtures.js";
import { Ext4Disk } from "./ext4-disk.js";

export interface DiskWish {
  readonly megabytes?: number;
  /** Of mount(8). */
  readonly options?: string;
}

/** Says so and does nothing where no image can be mounted. */
export const withDisk = (
  act: (disk: Ext4Disk) => void | Promise<void>,
  { megabytes = 96, options = "" }: DiskWish = {},
): Promise<void> =>
  withFolder(async (at) => {
    const disk = Ext4Disk.make(at, megabytes, options);
    if (disk === null) {
      process.stdout.write("skipped: no disk image can be mounted here (root and loop devices are needed)\n");
      return;
    }
    try {
      await act(disk);
    } finally {
      disk.unmount();
    }
  });
