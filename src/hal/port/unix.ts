// How is a wire of the simulated board opened?
import type { BytePort } from "./byte-port.js";
import { openSocket } from "./socket.js";

const CONNECT_LIMIT_MS = 2_000;

export const openUnix = (path: string): Promise<BytePort> => openSocket({ path }, path, CONNECT_LIMIT_MS);
