/** The diagnosis for people: a table, then what mends each fault. */
import { formatTable, printable } from '../../format/table.js';
import type { Terminal } from '../../ports.js';
import { countOf } from './diagnose.js';
import type { Diagnosis } from './diagnose.js';
import type { Level } from './finding.js';

const WORDS: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  fault: 'FAULT',
  notChecked: 'not checked',
};
const STYLES = { ok: 'green', warning: 'yellow', fault: 'red', notChecked: 'dim' } as const;

const about = ({ subject, message }: Diagnosis): string =>
  printable(subject === undefined ? message : `${subject}: ${message}`, 400);

/** `3 faults, 1 warning, 20 ok, 2 not checked` */
export const summaryOf = (diagnoses: readonly Diagnosis[]): string => {
  const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return [
    plural(countOf(diagnoses, 'fault'), 'fault'),
    plural(countOf(diagnoses, 'warning'), 'warning'),
    `${countOf(diagnoses, 'ok')} ok`,
    `${countOf(diagnoses, 'notChecked')} not checked`,
  ].join(', ');
};

export const diagnosisLines = (
  diagnoses: readonly Diagnosis[],
  terminal: Pick<Terminal, 'style'>,
): readonly string[] => {
  const table = formatTable(
    ['CHECK', 'RESULT', 'CODE', 'WHAT'],
    diagnoses.map((d) => [
      d.check,
      terminal.style(STYLES[d.level], WORDS[d.level]),
      d.level === 'ok' || d.level === 'notChecked' ? '' : d.code,
      about(d),
    ]),
  );
  const fixes = diagnoses.flatMap(({ code, subject, fix, level }) =>
    fix === undefined
      ? []
      : [
          `${level === 'notChecked' ? 'To check it' : code}${subject === undefined ? '' : ` (${subject})`}:`,
          `  ${fix.text}${fix.repair === undefined ? '' : '   [--fix does it]'}`,
        ],
  );
  return [
    ...table,
    ...(fixes.length === 0 ? [] : ['', 'What mends it:', ...fixes]),
    '',
    summaryOf(diagnoses),
  ];
};
