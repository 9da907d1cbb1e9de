/** Markdown tables: a cell may hold any text. */

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |\n`;

/** A table that ends with a line break. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${row(head)}${row(head.map(() => '---'))}${rows.map(row).join('')}`;
