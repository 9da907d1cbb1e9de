/** Every check on gathered facts, as one flat list. */
import { CHECKS } from './checks.js';
import type { DoctorFacts } from './facts.js';
import type { Finding, Level, Repair } from './finding.js';

/** A finding with the check that made it. */
export interface Diagnosis extends Finding {
  readonly check: string;
}

export const named = (check: string, findings: readonly Finding[]): readonly Diagnosis[] =>
  findings.map((f) => ({ check, ...f }));

export const diagnose = (facts: DoctorFacts): readonly Diagnosis[] =>
  CHECKS.flatMap(({ name, run }) => named(name, run(facts)));

export const countOf = (diagnoses: readonly Diagnosis[], level: Level): number =>
  diagnoses.filter((d) => d.level === level).length;

/** What `--fix` may do. */
export const repairsOf = (diagnoses: readonly Diagnosis[]): readonly Repair[] =>
  diagnoses.flatMap((d) => d.fix?.repair ?? []);
