// What does the wallet's contract say? A reader for the part of YAML 1.2 that it is written in.
//
// Block mappings, block sequences of mappings, flow collections on one line, plain and quoted scalars, folded text,
// comments on lines of their own. Anything else throws: the contract is then written more simply.

export type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

const scalar = (text: string): Yaml => {
  if (/^".*"$/.test(text)) return JSON.parse(text) as string;
  if (text === "true" || text === "false") return text === "true";
  if (text === "null" || text === "") return null;
  return /^-?\d+$/.test(text) ? Number(text) : text;
};

/** `[a, b]` and `{ key: value }`, nested. */
class Flow {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Yaml {
    const value = this.#value();
    if (this.#at < this.#text.length) throw new Error(`left over: ${this.#text.slice(this.#at)}`);
    return value;
  }

  #value(): Yaml {
    this.#skip();
    if (this.#text[this.#at] === "[") return this.#list();
    if (this.#text[this.#at] === "{") return this.#map();
    return scalar(this.#word(/^("(?:[^"\\]|\\.)*"|[^,\]}]+)/).trim());
  }

  #list(): Yaml {
    const out: Yaml[] = [];
    for (this.#take("["); !this.#peek("]"); this.#comma()) out.push(this.#value());
    this.#take("]");
    return out;
  }

  #map(): Yaml {
    const out: Record<string, Yaml> = {};
    for (this.#take("{"); !this.#peek("}"); this.#comma()) {
      const key = String(scalar(this.#word(/^("[^"]*"|[A-Za-z0-9_.$-]+)/)));
      this.#take(":");
      out[key] = this.#value();
    }
    this.#take("}");
    return out;
  }

  #comma(): void {
    if (this.#peek(",")) this.#take(",");
  }

  #word(pattern: RegExp): string {
    this.#skip();
    const word = pattern.exec(this.#text.slice(this.#at))?.[0];
    if (word === undefined) throw new Error(`no value at: ${this.#text.slice(this.#at)}`);
    this.#at += word.length;
    return word;
  }

  #peek(sign: string): boolean {
    this.#skip();
    return this.#text[this.#at] === sign;
  }

  #take(sign: string): void {
    if (!this.#peek(sign)) throw new Error(`"${sign}" is missing at: ${this.#text.slice(this.#at)}`);
    this.#at += 1;
    this.#skip();
  }

  #skip(): void {
    while (this.#text[this.#at] === " ") this.#at += 1;
  }
}

class Block {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s*#/.test(line))
      .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  }

  read(indent = 0): Yaml {
    return this.#line?.text.startsWith("- ") ? this.#list(indent) : this.#map(indent);
  }

  get #line(): Line | undefined {
    return this.#lines[this.#at];
  }

  #list(indent: number): Yaml {
    const out: Yaml[] = [];
    while (this.#line?.indent === indent && this.#line.text.startsWith("- ")) {
      // The item's first line stands where its others do.
      const lines = this.#lines as Line[];
      lines[this.#at] = { indent: indent + 2, text: this.#line.text.slice(2) };
      out.push(this.#map(indent + 2));
    }
    return out;
  }

  #map(indent: number): Yaml {
    const out: Record<string, Yaml> = {};
    for (let line = this.#line; line?.indent === indent && !line.text.startsWith("- "); line = this.#line) {
      const match = /^("[^"]*"|[^\s"{][^:]*):(?:\s+(.*))?$/.exec(line.text);
      if (match === null) throw new Error(`not of the form "key: value": ${line.text}`);
      this.#at += 1;
      out[String(scalar(match[1] ?? ""))] = this.#after(indent, match[2] ?? "");
    }
    return out;
  }

  #after(indent: number, rest: string): Yaml {
    if (rest === ">-") return this.#folded(indent);
    if (rest !== "") return /^[[{]/.test(rest) ? new Flow(rest).read() : scalar(rest);
    const next = this.#line;
    return next !== undefined && next.indent > indent ? this.read(next.indent) : null;
  }

  #folded(indent: number): string {
    const words: string[] = [];
    for (let line = this.#line; line !== undefined && line.indent > indent; line = this.#line) {
      words.push(line.text);
      this.#at += 1;
    }
    return words.join(" ");
  }
}

export const readYaml = (text: string): Yaml => new Block(text).read();
