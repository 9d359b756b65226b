// Which procedures does this kiosk offer, and does what was filled in hold against their forms?
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isSigned } from "../core/drawn-signature.js";
import { messageFor, PLACE_MISSING, SIGNATURE_MISSING } from "./messages.js";
import type { Catalogue, FieldError, FormField, Procedure } from "./procedure.js";
import { crossRules, procedureShape } from "./shape.js";

/** Names every broken file and every broken rule at once, so that one reading mends them all. */
export class CatalogueError extends Error {
  override readonly name = "CatalogueError";
  constructor(readonly problems: readonly string[]) {
    super(`the procedure catalogue is not usable:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
}

interface Loaded {
  readonly path: string;
  readonly procedure: Procedure;
  readonly validate: ValidateFunction;
}

const compile = (ajv: Ajv2020, procedure: Procedure): ValidateFunction | string => {
  try {
    return ajv.compile(procedure.schema);
  } catch (error) {
    return `schema: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const parse = (path: string): { readonly json: unknown } | string => {
  try {
    return { json: JSON.parse(readFileSync(path, "utf8")) as unknown };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const load = (ajv: Ajv2020, path: string): Loaded | readonly string[] => {
  const file = parse(path);
  if (typeof file === "string") return [`${path}: ${file}`];
  const shape = procedureShape.safeParse(file.json);
  if (!shape.success) {
    return shape.error.issues.map(
      (issue) => `${path}: ${issue.path.map(String).join(".") || "file"}: ${issue.message}`,
    );
  }
  const procedure: Procedure = shape.data;
  const broken = crossRules(procedure);
  if (broken.length > 0) return broken.map((rule) => `${path}: ${rule}`);
  const validate = compile(ajv, procedure);
  return typeof validate === "string" ? [`${path}: ${validate}`] : { path, procedure, validate };
};

const listFiles = (dir: string): readonly string[] | string => {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(dir, name));
  } catch (error) {
    return `${dir}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** The property that an error is about; "required" errors sit on the object above it. */
const keyOf = (error: ErrorObject): string => {
  const { missingProperty } = error.params as { readonly missingProperty?: unknown };
  return typeof missingProperty === "string" ? missingProperty : (error.instancePath.split("/")[1] ?? "");
};

/** "street, commune, province": each of the three is needed. */
const lacksPlace = (value: string): boolean => {
  if (value === "") return false;
  const parts = value.split(",").map((part) => part.trim());
  return parts.length < 3 || parts.slice(-2).includes("") || parts.slice(0, -2).every((part) => part === "");
};

const errorsOf = (
  { procedure, validate }: Loaded,
  values: Readonly<Record<string, string>>,
): FieldError[] => {
  const fields: readonly FormField[] = procedure.pages.flatMap((page) => page.fields);
  const filled = Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, value.trim()] as const)
      .filter(([key, value]) => value !== "" && fields.some((field) => field.key === key)),
  );
  const beyondSchema = fields.flatMap(({ key, kind }): FieldError[] => {
    const value = filled[key] ?? "";
    if (kind === "address" && lacksPlace(value)) return [{ key, message: PLACE_MISSING }];
    return kind === "signature" && value !== "" && !isSigned(value)
      ? [{ key, message: SIGNATURE_MISSING }]
      : [];
  });
  if (validate(filled)) return beyondSchema;
  const byKey = new Map<string, ErrorObject>();
  for (const error of validate.errors ?? []) {
    const key = keyOf(error);
    if (!byKey.has(key)) byKey.set(key, error);
  }
  return fields.flatMap((field) => {
    const error = byKey.get(field.key);
    if (error === undefined) return beyondSchema.filter(({ key }) => key === field.key);
    return [{ key: field.key, message: messageFor(field, error) }];
  });
};

/** Reads every `*.json` of the folders; the order of their names is the order on the screen. Throws `CatalogueError` when any is broken or a code is taken twice. */
export const loadCatalogue = (dirs: readonly string[]): Catalogue => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  formats.default(ajv, { mode: "full", formats: ["date", "email"], keywords: true });
  const problems: string[] = [];
  const byCode = new Map<string, Loaded>();
  const paths = dirs.map(listFiles).flatMap((listed) => {
    if (typeof listed !== "string") return listed;
    problems.push(listed);
    return [];
  });
  for (const path of paths) {
    const loaded = load(ajv, path);
    if (!("procedure" in loaded)) {
      problems.push(...loaded);
      continue;
    }
    const { code } = loaded.procedure;
    const other = byCode.get(code);
    if (other === undefined) byCode.set(code, loaded);
    else problems.push(`${path}: code: ${code} is already taken by ${other.path}`);
  }
  if (problems.length === 0 && byCode.size === 0) {
    problems.push(`${dirs.join(", ") || "no folder"}: there is no procedure file (*.json)`);
  }
  if (problems.length > 0) throw new CatalogueError(problems);
  return {
    procedures: [...byCode.values()].map(({ procedure }) => procedure),
    find: (code) => byCode.get(code)?.procedure,
    check: (code, values, page) => {
      const loaded = byCode.get(code);
      if (loaded === undefined) throw new Error(`unknown procedure ${code}`);
      const errors = errorsOf(loaded, values);
      if (page === undefined) return errors;
      const keys = loaded.procedure.pages[page]?.fields.map(({ key }) => key) ?? [];
      return errors.filter(({ key }) => keys.includes(key));
    },
  };
};
