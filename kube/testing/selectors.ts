/** Label and field selectors in their equality form (`a=1,b!=2`, `a` for presence), as a fake needs them. */
interface Term {
  readonly key: string;
  readonly equals: boolean;
  readonly value: string | undefined;
}

const parse = (selector: string): readonly Term[] =>
  selector
    .split(',')
    .filter((t) => t !== '')
    .map((term) => {
      const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(term);
      return match === null
        ? { key: term.replace(/^!/, ''), equals: !term.startsWith('!'), value: undefined }
        : { key: match[1] ?? '', equals: match[2] !== '!=', value: match[3] ?? '' };
    });

const holds = (term: Term, actual: string | undefined): boolean =>
  (term.value === undefined ? actual !== undefined : actual === term.value) === term.equals;

export const matchesLabels = (
  selector: string | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean => parse(selector ?? '').every((t) => holds(t, labels?.[t.key]));

const at = (object: unknown, path: string): string | undefined => {
  let value = object;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
};

export const matchesFields = (selector: string | undefined, object: unknown): boolean =>
  parse(selector ?? '').every((t) => holds(t, at(object, t.key)));
