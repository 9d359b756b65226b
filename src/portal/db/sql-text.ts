// How does PostgreSQL read an SQL text that was written for SQLite?
//
// Two things differ in what the rooms write: values are `?` or `@name` there and `$1` here, and PostgreSQL folds
// names to lower case that are not quoted, so that `AS takenAtMs` would come back as "takenatms".

export interface PostgresText {
  readonly text: string;
  /** The values in the order of `$1`, `$2` …; throws when one is missing. */
  readonly order: (values: readonly unknown[]) => readonly unknown[];
}

/** Quoted parts are left alone. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|@([A-Za-z]\w*)|\bAS ([a-z]+[A-Z]\w*)\b/g;

export const postgresText = (sql: string): PostgresText => {
  const names: string[] = [];
  let places = 0;
  const text = sql.replace(PIECE, (piece, name?: string, alias?: string) => {
    if (alias !== undefined) return `AS "${alias}"`;
    if (name !== undefined) {
      if (!names.includes(name)) names.push(name);
      return `$${names.indexOf(name) + 1}`;
    }
    if (piece !== "?") return piece;
    places += 1;
    return `$${places}`;
  });
  if (names.length > 0 && places > 0) throw new Error(`values by name and by place in one statement: ${sql}`);
  if (names.length === 0)
    return {
      text,
      order: (values) => {
        if (values.length !== places) throw new Error(`${places} values are needed: ${sql}`);
        return values;
      },
    };
  return {
    text,
    order: ([given]) =>
      names.map((name) => {
        const value = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
        if (value === undefined) throw new Error(`there is no value for @${name}: ${sql}`);
        return value;
      }),
  };
};
