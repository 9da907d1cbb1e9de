/** Clocks: certificates, leases of leadership and deadlines on chain all depend on them. */
import { formatDuration } from '../../../format/duration.js';
import type { Check } from '../check.js';
import { fault, notChecked, orOk, warning } from '../finding.js';
import type { Finding } from '../finding.js';
import type { DoctorFacts } from '../facts.js';

/** More than this is not a slow line. */
const MAX_SKEW_MS = 5_000;
/** A kubelet renews its heartbeat every 10 s; three missed ones are no matter of clocks yet. */
const HEARTBEAT_MS = 40_000;

const SYNC = 'timedatectl set-ntp true   (or start chrony) on the machine whose clock is wrong';

const apiServer = ({ apiServerAheadMs }: DoctorFacts): readonly Finding[] => {
  if (!apiServerAheadMs.known) return [notChecked(apiServerAheadMs.why)];
  const ahead = apiServerAheadMs.value;
  if (Math.abs(ahead) <= MAX_SKEW_MS) return [];
  const words = `the API server's clock is ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  return [fault('ClockSkewed', words, { fix: SYNC })];
};

/** Against the API server's clock where it is known: this machine may be the one that is wrong. */
const clusterNow = ({ nowMs, apiServerAheadMs }: DoctorFacts): number =>
  nowMs + (apiServerAheadMs.known ? apiServerAheadMs.value : 0);

const nodes = (facts: DoctorFacts): readonly Finding[] =>
  !facts.heartbeats.known
    ? [notChecked(facts.heartbeats.why)]
    : facts.heartbeats.value.flatMap(({ node, atMs }) => {
        const age = clusterNow(facts) - atMs;
        const subject = `node/${node}`;
        if (age < -MAX_SKEW_MS)
          return [
            fault('NodeClockSkewed', `its clock is ${formatDuration(-age)} ahead`, {
              ...{ subject, fix: SYNC },
            }),
          ];
        return age > HEARTBEAT_MS
          ? [
              warning(
                'NodeClockSkewed',
                `its newest heartbeat is ${formatDuration(age)} old: its clock is behind, or its kubelet silent`,
                { subject, fix: SYNC },
              ),
            ]
          : [];
      });

/** Another chain's time says nothing. */
const chain = ({ endpoints, provider, nowMs }: DoctorFacts): readonly Finding[] => {
  const chainId = provider.known ? provider.value?.spec.chain.chainId : undefined;
  const times = (endpoints.known ? endpoints.value : []).flatMap(({ answer }) =>
    answer?.chainId === chainId ? (answer?.timeMs ?? []) : [],
  );
  const newest = Math.max(...times);
  if (times.length === 0 || newest - nowMs <= MAX_SKEW_MS) return [];
  return [
    fault(
      'ChainClockSkewed',
      `the newest block is ${formatDuration(newest - nowMs)} ahead of this machine's clock`,
      { fix: SYNC },
    ),
  ];
};

export const clocks: Check = {
  name: 'clocks',
  run: (facts) =>
    orOk(
      [...apiServer(facts), ...nodes(facts), ...chain(facts)],
      'this machine, the API server, the nodes and the chain agree on the time',
    ),
};
