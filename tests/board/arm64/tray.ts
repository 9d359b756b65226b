// Where, on the emulated board, is the paper that lies on its tray?

/** JPEG or PNG, upright. */
export const PAPER = "/etc/board-paper";
/** This file is there while the paper lies before the camera. */
export const LAID = "/run/board-paper-laid";
