/** The chain's endpoints, each looked at once. */
import { lagsOf } from '../../../../chain/rpc/compare-endpoints.js';
import { formatDuration } from '../../../format/duration.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import type { EndpointLook } from '../facts.js';
import { fault, ok, warning } from '../finding.js';
import type { Finding } from '../finding.js';

/** One look catches an endpoint up to a block behind; more than these is lagging (operator: chain/rpc/prober.ts). */
const LAG = { maxBlocks: 2, graceMs: 3_000, maxMs: 20_000 };
/** Bids have about five seconds from a block to the next. */
const SLOW_MS = 1_500;
/** Ten blocks of mainnet. */
const STALE_MS = 60_000;

const REPLACE = 'Name another endpoint in spec.chain.endpoints of the ComputeProvider.';

type Answered = EndpointLook & { readonly answer: NonNullable<EndpointLook['answer']> };

const objection = (
  { label, answer }: Answered,
  lag: { readonly blocks: number; readonly lagging: boolean },
  chainId: string | undefined,
): Finding | undefined => {
  const subject = `endpoint/${label}`;
  if (chainId !== undefined && answer.chainId !== chainId)
    return fault('EndpointWrongChain', `it is of ${answer.chainId}, the provider of ${chainId}`, {
      ...{ subject, fix: REPLACE },
    });
  if (answer.catchingUp)
    return warning('EndpointCatchingUp', `it is catching up, at block ${answer.height}`, {
      ...{ subject, fix: 'Wait for it; Berth asks the others meanwhile.' },
    });
  if (lag.lagging)
    return warning('EndpointLagging', `it is ${lag.blocks} blocks behind`, {
      ...{ subject, fix: REPLACE },
    });
  return answer.latencyMs > SLOW_MS
    ? warning('EndpointSlow', `it took ${formatDuration(answer.latencyMs)} to answer`, {
        ...{ subject, fix: REPLACE },
      })
    : undefined;
};

export const rpcPool: Check = {
  name: 'chain endpoints',
  run: ({ endpoints, provider, nowMs }) =>
    when(endpoints, (looks) => {
      const spec = provider.known ? provider.value?.spec.chain : undefined;
      const dead = looks
        .filter((e) => e.answer === undefined)
        .map(({ label }) =>
          fault('EndpointDead', 'it does not answer', {
            ...{ subject: `endpoint/${label}`, fix: REPLACE },
          }),
        );
      const answered = looks.filter((e): e is Answered => e.answer !== undefined);
      const ours = answered.filter((e) => spec === undefined || e.answer.chainId === spec.chainId);
      const lags = lagsOf(
        ours.map(({ label, answer: { height, timeMs } }) => ({ label, height, timeMs })),
        LAG,
      );
      const lagOf = (e: Answered): (typeof lags)[number] =>
        lags[ours.indexOf(e)] ?? { blocks: 0, ms: 0, lagging: false };
      const objections = answered.flatMap((e) => objection(e, lagOf(e), spec?.chainId) ?? []);
      const [best] = ours.toSorted((a, b) => b.answer.timeMs - a.answer.timeMs);
      if (best === undefined)
        return [
          ...dead,
          ...objections,
          fault('ChainSilent', 'no endpoint can be used: nothing is bid on', { fix: REPLACE }),
        ];
      const age = nowMs - best.answer.timeMs;
      const stale =
        age > STALE_MS
          ? [
              fault('ChainStale', `the newest block is ${formatDuration(age)} old`, {
                fix: 'Is the chain halted? Compare with a public explorer, or name other endpoints.',
              }),
            ]
          : [];
      const alone =
        looks.length === 1 && spec?.endpoints.some((e) => e.trusted) !== true
          ? [
              warning(
                'EndpointAlone',
                'there is one endpoint and it is not marked trusted: nothing that ended can be proven',
                {
                  fix: 'Name a second one in spec.chain.endpoints, or mark your own node trusted: true.',
                },
              ),
            ]
          : [];
      const findings = [...dead, ...objections, ...stale, ...alone];
      const summary = ok(
        `${ours.length} of ${looks.length} endpoints of ${best.answer.chainId} answer, block ${best.answer.height}`,
      );
      return findings.length === 0 ? [summary] : findings;
    }),
};
