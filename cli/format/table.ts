/** Padded columns as kubectl prints them. */
import { stripVTControlCharacters } from 'node:util';

const GAP = '   ';

const width = (text: string): number => stripVTControlCharacters(text).length;

/** Lines without trailing space; the header first. Cells may be coloured. Rows shorter than the header are filled up. */
export const formatTable = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((row) => width(row[column] ?? ''))),
  );
  return lines.map((row) =>
    widths
      .map((wide, column) => {
        const cell = row[column] ?? '';
        return cell + ' '.repeat(wide - width(cell));
      })
      .join(GAP)
      .trimEnd(),
  );
};

/** Text from the chain or a provider, made harmless for a terminal: control characters go, and it stays short. */
export const printable = (text: string, limit = 200): string => {
  const clean = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
};
