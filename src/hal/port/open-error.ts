// What is told of a wire that can not be opened: its place, the errno, and the cause with its remedy?
import { type Cause, CausedError, type CauseKind, causeOfErrno } from "../../core/causes.js";

export interface OpenFailure {
  /** Path or address. */
  readonly at: string;
  /** The errno's name, e.g. "EACCES". */
  readonly errno: string;
  readonly message?: string;
  /** Where the errno alone does not say it. */
  readonly kind?: CauseKind;
  readonly cause?: unknown;
}

/** A plain `Error` where the cause is not known; else one that carries it. */
export const openError = ({ at, errno, message, kind, cause }: OpenFailure): Error => {
  const text = `${at} can not be opened: ${errno}${message === undefined ? "" : ` (${message})`}`;
  const why: Cause | null = kind === undefined ? causeOfErrno(errno, at) : { kind, at };
  return why === null ? new Error(text, { cause }) : new CausedError(text, why, { cause });
};

export const errnoOf = (error: unknown): string =>
  (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined) ?? "EUNKNOWN";
