/** What the comments in a process's `config.ts` say of each field, since zod keeps no comments. */
import ts from 'typescript';

const commentOf = (node: ts.Node, source: ts.SourceFile): string => {
  const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const last = ranges.at(-1);
  if (last === undefined) return '';
  return source.text
    .slice(last.pos, last.end)
    .replaceAll(/^\/\*\*?|\*\/$|^\s*\*\s?|^\/\/\s?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
};

/** The object literal of a `z.strictObject({ … })`, looked for through `.prefault()`, `.optional()`, `z.array()` and the like. */
const objectOf = (expression: ts.Expression): ts.ObjectLiteralExpression | undefined => {
  if (!ts.isCallExpression(expression)) return undefined;
  const callee = expression.expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const [first] = expression.arguments;
  if (callee.name.text === 'strictObject' && first !== undefined)
    return ts.isObjectLiteralExpression(first) ? first : undefined;
  if (callee.name.text === 'array' && first !== undefined) return objectOf(first);
  return objectOf(callee.expression);
};

/** Finds the object literal that a variable of this name was made of, in this file or in one that it imports. */
type Lookup = (
  name: string,
) => { readonly object: ts.ObjectLiteralExpression; readonly source: ts.SourceFile } | undefined;

const collect = (
  object: ts.ObjectLiteralExpression,
  source: ts.SourceFile,
  path: string,
  lookup: Lookup,
  into: Map<string, string>,
): void => {
  for (const property of object.properties) {
    const name = property.name;
    if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) continue;
    const here = path === '' ? name.text : `${path}.${name.text}`;
    into.set(here, commentOf(property, source));
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) continue;
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    const inner = objectOf(value);
    const named = rootName(value);
    const found = inner === undefined ? named && lookup(named) : { object: inner, source };
    if (found) collect(found.object, found.source, here, lookup, into);
  }
};

/** The variable at the root of `name`, `name.default(…)`, `call(…)`. */
const rootName = (expression: ts.Expression): string | undefined => {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression)) return rootName(expression.expression);
  if (ts.isPropertyAccessExpression(expression)) return rootName(expression.expression);
  return undefined;
};

const variables = (source: ts.SourceFile): ReadonlyMap<string, ts.ObjectLiteralExpression> => {
  const into = new Map<string, ts.ObjectLiteralExpression>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const object = initializer === undefined ? undefined : objectOf(initializer);
      if (ts.isIdentifier(name) && object !== undefined) into.set(name.text, object);
    }
  }
  return into;
};

/**
 * Field paths to comments of the schema `name`; `texts` are its file and those that it imports schemas from.
 * @throws when there is no such schema
 */
export const configComments = (
  texts: readonly string[],
  name: string,
): ReadonlyMap<string, string> => {
  const files = texts.map((text) => {
    const source = ts.createSourceFile('config.ts', text, ts.ScriptTarget.Latest, true);
    return { source, objects: variables(source) };
  });
  const lookup: Lookup = (wanted) => {
    for (const { source, objects } of files) {
      const object = objects.get(wanted);
      if (object !== undefined) return { object, source };
    }
    return undefined;
  };
  const root = lookup(name);
  if (root === undefined) throw new Error(`no z.strictObject named ${name}`);
  const into = new Map<string, string>();
  collect(root.object, root.source, '', lookup, into);
  return into;
};
