/** Applies what is safe, after showing it. */
import type { KubeApi } from '../../../kube/api.js';
import { resourceOf } from '../../../kube/resources.js';
import { onCluster } from '../../cluster.js';
import type { Context } from '../../ports.js';
import type { Repair } from './finding.js';

/** Whether the person wants it; with `--yes`, and never where nobody can answer otherwise. */
const agreed = async (
  { terminal, signal }: Context,
  repairs: readonly Repair[],
  yes: boolean,
): Promise<boolean> => {
  terminal.say(['Will do:', ...repairs.map((r) => `  ${r.what}`)].join('\n'));
  if (yes) return true;
  if (!terminal.canAsk) {
    terminal.say('Nobody is there to agree: give --yes.');
    return false;
  }
  return /^y(es)?$/i.test(await terminal.ask('Go on? [y/N] ', signal));
};

/** Returns what was done. @throws CliFailure `ClusterRefused` */
export const applyRepairs = async (
  ctx: Context,
  api: Pick<KubeApi, 'apply'>,
  repairs: readonly Repair[],
  yes: boolean,
): Promise<readonly Repair[]> => {
  if (repairs.length === 0) {
    ctx.terminal.say('There is nothing that --fix could mend safely.');
    return [];
  }
  if (!(await agreed(ctx, repairs, yes))) return [];
  for (const { object, fieldManager, what } of repairs) {
    await onCluster(() => api.apply(resourceOf(object), object, { fieldManager }));
    ctx.terminal.say(`Done: ${what}`);
  }
  return repairs;
};
