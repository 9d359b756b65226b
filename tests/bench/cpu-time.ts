// How much processor time has a process used, its threads included?
import { readFileSync } from "node:fs";

/** Linux counts in these, whatever the kernel's own tick (proc_pid_stat(5), sysconf(_SC_CLK_TCK)). */
const TICK_MS = 10;

/** Sum of two neighbouring fields of /proc/PID/stat, numbered as in proc_pid_stat(5). */
const ticks = (pid: number | "self", field: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is a name in brackets and may have blanks.
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(rest[field - 3]) + Number(rest[field - 2]);
};

/** User and system time of all its threads. */
export const cpuMsOf = (pid: number): number => ticks(pid, 14) * TICK_MS;

/** Of this process' children that have ended. */
export const endedChildrenCpuMs = (): number => ticks("self", 16) * TICK_MS;
