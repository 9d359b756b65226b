// Who calls?
import type { FastifyRequest } from "fastify";
import { DeskError } from "../desk-error.js";
import type { Role } from "./roles.js";

export interface Who {
  /** The account's name; "api:NAME" for a machine. */
  readonly name: string;
  readonly fullName: string;
  readonly role: Role;
  /** Nothing goes before a new password. */
  readonly mustChange: boolean;
  readonly address: string;
}

declare module "fastify" {
  interface FastifyRequest {
    who: Who | null;
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

export const isLoopback = ({ ip }: FastifyRequest): boolean => LOOPBACK.has(ip);

/** Behind a proxy on this machine it is what the proxy says last; anybody can write what stands before. */
export const addressOf = (request: FastifyRequest, behindProxy: boolean): string => {
  const told = [request.headers["x-forwarded-for"] ?? ""].flat().join(",").split(",").at(-1)?.trim() ?? "";
  return behindProxy && isLoopback(request) && told !== "" ? told.slice(0, 64) : request.ip;
};

/** For routes that the table gives to accounts. */
export const whoOf = (request: FastifyRequest): Who => {
  if (request.who === null) throw new DeskError(401, { vi: "Xin đăng nhập", en: "Please log in" });
  return request.who;
};

export const wrongRole = (): DeskError =>
  new DeskError(403, {
    vi: "Vai trò của tài khoản này không được làm việc đó",
    en: "This account's role may not do that",
  });
