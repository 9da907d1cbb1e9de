/** What a check finds, and what mends it. Plain data: nothing here acts. */
import type { KubeObject } from '../../../crds/object.js';
import type { Applied } from '../../../kube/api.js';
import type { DoctorCode } from './codes.js';

/** `notChecked`: what the check needs could not be read or was not given, which says nothing about it. */
export type Level = 'ok' | 'warning' | 'fault' | 'notChecked';

/** An object that mends the fault and takes nothing away: `--fix` applies it after showing it. */
export interface Repair {
  /** For example `label node gpu-1 akash.network=true`. */
  readonly what: string;
  readonly object: Applied<KubeObject>;
  readonly fieldManager: string;
}

export interface Fix {
  /** A command to type, or what to do in words. */
  readonly text: string;
  /** Only where it is safe to let the doctor do it. */
  readonly repair?: Repair | undefined;
}

export interface Finding {
  readonly level: Level;
  readonly code: DoctorCode;
  /** One sentence. */
  readonly message: string;
  /** What it is about, for example `node/gpu-1`. */
  readonly subject?: string | undefined;
  readonly fix?: Fix | undefined;
}

export const ok = (message: string): Finding => ({ level: 'ok', code: 'Ok', message });

export const notChecked = (why: string, fix?: string): Finding => ({
  level: 'notChecked',
  code: 'NotChecked',
  message: why,
  ...(fix === undefined ? {} : { fix: { text: fix } }),
});

interface Where {
  readonly subject?: string | undefined;
  readonly fix?: string | Fix | undefined;
}

const found = (
  level: Level,
  code: DoctorCode,
  message: string,
  { subject, fix }: Where,
): Finding => ({
  ...{ level, code, message },
  ...(subject === undefined ? {} : { subject }),
  ...(fix === undefined ? {} : { fix: typeof fix === 'string' ? { text: fix } : fix }),
});

export const fault = (code: DoctorCode, message: string, where: Where = {}): Finding =>
  found('fault', code, message, where);

export const warning = (code: DoctorCode, message: string, where: Where = {}): Finding =>
  found('warning', code, message, where);

/** The findings, or that all is well when there are none. */
export const orOk = (findings: readonly Finding[], message: string): readonly Finding[] =>
  findings.length === 0 ? [ok(message)] : findings;
