/** `berth provider doctor`: gathers, checks, mends what it is asked to, looks again. */
import type { KubeApi } from '../../../kube/api.js';
import type { Desk } from '../../explain/desks.js';
import { told } from '../../failure.js';
import type { Context } from '../../ports.js';
import { countOf, diagnose, named, repairsOf } from './diagnose.js';
import type { Diagnosis } from './diagnose.js';
import type { Known } from './facts.js';
import { gatherFacts } from './gather.js';
import type { GatherOptions } from './gather.js';
import { diagnosisLines, summaryOf } from './render.js';
import { applyRepairs } from './repair.js';
import { simulate } from './simulate.js';

export interface DoctorContext extends Context {
  readonly cluster: Pick<KubeApi, 'get' | 'list' | 'create' | 'apply'>;
  /** The API server's clock. */
  readonly serverTime: () => Promise<Known<number>>;
}

export interface DoctorRequest extends GatherOptions {
  readonly fix: boolean;
  /** Fix without asking. */
  readonly yes: boolean;
  /** The running operator, where it is given. */
  readonly desk: Desk | undefined;
}

const examine = async (
  ctx: DoctorContext,
  request: DoctorRequest,
): Promise<readonly Diagnosis[]> => {
  const { cluster: api, clock, serverTime, signal } = ctx;
  const gathered = await gatherFacts({ api, clock, serverTime, signal }, request);
  return [
    ...diagnose(gathered.facts),
    ...named('simulated order', await simulate(gathered, request.desk)),
  ];
};

const withoutObjects = ({ fix, ...diagnosis }: Diagnosis): object =>
  fix === undefined
    ? diagnosis
    : { ...diagnosis, fix: fix.text, fixedByFix: fix.repair !== undefined };

/** Ends with exit status 1 when a fault is left. @throws CliFailure */
export const doctor = async (ctx: DoctorContext, request: DoctorRequest): Promise<void> => {
  let diagnoses = await examine(ctx, request);
  let repaired: readonly { readonly what: string }[] = [];
  if (request.fix) {
    ctx.terminal.say(diagnosisLines(diagnoses, ctx.terminal).join('\n'));
    repaired = await applyRepairs(ctx, ctx.cluster, repairsOf(diagnoses), request.yes);
    if (repaired.length > 0) diagnoses = await examine(ctx, request);
  }
  ctx.output.result(
    {
      faults: countOf(diagnoses, 'fault'),
      warnings: countOf(diagnoses, 'warning'),
      notChecked: countOf(diagnoses, 'notChecked'),
      repaired: repaired.map((r) => r.what),
      findings: diagnoses.map(withoutObjects),
    },
    diagnosisLines(diagnoses, ctx.terminal).join('\n'),
  );
  if (countOf(diagnoses, 'fault') > 0) throw told('FaultsFound', summaryOf(diagnoses));
};
