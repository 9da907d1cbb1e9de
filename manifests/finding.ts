/** Collects reasons against a manifest while keeping the path of the field they speak of. */
import type { Reason } from '../market/reasons.js';
import { fieldPath } from './manifest-issues.js';
import type { ValidationCode } from './reasons.js';

/** A place in the manifest that reasons can be reported against. */
export interface Place {
  /** For example `manifest[0].services[1].count`. */
  readonly field: string;
  /** The place of a member or element below this one. */
  readonly at: (...path: readonly (string | number)[]) => Place;
  /** Reports `message`, a sentence without the field's name in front. */
  readonly report: (code: ValidationCode, message: string) => void;
}

/** Reports below `path` into `found`. */
export const placeIn = (found: Reason[], path: readonly (string | number)[] = []): Place => {
  const field = fieldPath(path);
  return {
    field,
    at: (...below) => placeIn(found, [...path, ...below]),
    report: (code, message) => {
      found.push({ code, message: `${field}: ${message}`, field });
    },
  };
};
