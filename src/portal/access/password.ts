// How is a password kept, and checked in the same time whether or not there is such an account?
//
// Argon2id with the OWASP parameters (Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane), as a PHC string that
// names them, so that stronger ones can come later.
import { randomBytes, randomInt } from "node:crypto";
import { argon2id, argon2Verify } from "hash-wasm";
import { DeskError } from "../desk-error.js";

const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SHORTEST = 10;
export const LONGEST_PASSWORD = 128;

/** Nobody's: 16 and 32 random bytes where salt and hash stand. */
const NOBODYS =
  "$argon2id$v=19$m=19456,t=2,p=1$dZZn6YKInU+/WbFzkSHiCw$efreQElhxFfiSQt1z2iND2hJf+s5LCv+9oK+JJSP78w";

/** Vietnamese can be typed composed or decomposed: both are one password. */
const canonical = (password: string): string => password.normalize("NFC");

/** A PHC string. */
export const hashPassword = (password: string): Promise<string> =>
  argon2id({
    password: canonical(password),
    salt: randomBytes(SALT_BYTES),
    ...{ parallelism: LANES, iterations: PASSES, memorySize: MEMORY_KIB, hashLength: HASH_BYTES },
    outputType: "encoded",
  });

/** `hash`: a PHC string, or null where there is no such account; that takes as long and is never right. */
export const verifyPassword = async (password: string, hash: string | null): Promise<boolean> => {
  if (password === "") return false;
  const right = await argon2Verify({ password: canonical(password), hash: hash ?? NOBODYS });
  return right && hash !== null;
};

/** Without signs that are mistaken for one another; 16 of 31 are 79 bits. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;

/** To be read aloud and typed once. */
export const oneTimePassword = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join(""),
  ).join("-");

/** Throws `DeskError`. */
export const checkNewPassword = (password: string, again: string, before: string): void => {
  if (password !== again)
    throw new DeskError(400, { vi: "Hai lần nhập không giống nhau", en: "The two entries differ" });
  if (password.length < SHORTEST)
    throw new DeskError(400, {
      vi: `Mật khẩu cần ít nhất ${SHORTEST} ký tự`,
      en: `A password needs at least ${SHORTEST} characters`,
    });
  if (password === before)
    throw new DeskError(400, {
      vi: "Mật khẩu mới phải khác mật khẩu cũ",
      en: "The new password must be new",
    });
};
