/** Price books from a file: PricingPolicy objects as kubectl takes them, or a bare spec named after the file. */
import { basename, extname } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isPricingPolicyError } from '../../bidengine/parse-fields.js';
import { parsePricingPolicy } from '../../bidengine/parse-pricing-policy.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { misused } from '../failure.js';
import { readText } from '../input.js';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const named = (document: Fields, path: string): { name: string; spec: unknown } => {
  if (document['kind'] !== 'PricingPolicy')
    return { name: basename(path, extname(path)), spec: document };
  const { metadata, spec } = document;
  const name = isFields(metadata) ? metadata['name'] : undefined;
  return { name: typeof name === 'string' ? name : basename(path, extname(path)), spec };
};

/** @throws CliFailure `FileUnreadable`, `PolicyInvalid` naming the field */
export const readPolicies = async (
  path: string,
  stdin: () => Promise<string>,
): Promise<readonly PricingPolicy[]> => {
  const text = await readText(path, stdin, 'policy');
  const documents = parseAllDocuments(text).filter((d) => d.contents !== null);
  const invalid = (message: string, field?: string) =>
    misused('PolicyInvalid', `${path}: ${message}`, { field: field ?? 'policy' });
  if (documents.length === 0) throw invalid('holds no price book');
  return documents.map((document) => {
    const [fault] = document.errors;
    if (fault !== undefined) throw invalid(fault.message);
    const value: unknown = document.toJS();
    if (!isFields(value)) throw invalid('is no price book');
    const { name, spec } = named(value, path);
    try {
      return parsePricingPolicy(name, spec);
    } catch (error) {
      if (!isPricingPolicyError(error)) throw error;
      throw invalid(error.message, error.field);
    }
  });
};
