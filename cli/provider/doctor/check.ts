/** One question, asked of gathered facts. */
import { notChecked } from './finding.js';
import type { Finding } from './finding.js';
import type { DoctorFacts, Known } from './facts.js';

export interface Check {
  /** As it stands in the table, for example `device plugin`. */
  readonly name: string;
  /** At least one finding; never throws. */
  readonly run: (facts: DoctorFacts) => readonly Finding[];
}

/** Runs `then` on what is known, or says why it was not checked. */
export const when = <T>(
  fact: Known<T>,
  then: (value: T) => readonly Finding[],
): readonly Finding[] => (fact.known ? then(fact.value) : [notChecked(fact.why)]);
