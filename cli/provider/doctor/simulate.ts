/** The last check: a small order through the real decision, by the running operator or on the gathered facts. */
import { bidRules } from '../../../bidengine/bid-rules.js';
import { explain } from '../../../bidengine/explain.js';
import { explanationJson } from '../../../bidengine/explanation-json.js';
import { gpuCapabilities } from '../../../bidengine/gpu-capabilities.js';
import type { DecideInput } from '../../../bidengine/input.js';
import type { InventorySnapshot } from '../../../bidengine/snapshot.js';
import type { ComputeProvider } from '../../../crds/generated/types.js';
import { Decimal } from '../../../market/money.js';
import type { GroupSpec } from '../../../market/resources.js';
import { answerSchema } from '../../explain/answer.js';
import type { ExplanationAnswer } from '../../explain/answer.js';
import type { Desk } from '../../explain/desks.js';
import { hypotheticalGroup } from '../../explain/question.js';
import { isCliFailure } from '../../failure.js';
import { printable } from '../../format/table.js';
import type { DoctorFacts } from './facts.js';
import { fault, notChecked, ok } from './finding.js';
import type { Finding } from './finding.js';
import type { Gathered } from './gather.js';

/** No tenant of ours. */
const NOBODY = '';
const MAINNET_BLOCK_MS = 6_117;
const PLACES = 4;

interface Sample {
  /** For people: `1 h100, 4 vCPU, 16 GiB`. */
  readonly label: string;
  readonly group: GroupSpec;
}

/** One GPU of the model with most free GPUs, with the attributes that the provider asks orders to name. */
export const sampleOrder = (
  snapshot: InventorySnapshot,
  provider: ComputeProvider | undefined,
): Sample => {
  const free = new Map<string, bigint>();
  for (const { gpu, unsellable, allocatable, allocated } of snapshot.nodes) {
    if (gpu === undefined || unsellable.length > 0) continue;
    const { model } = gpu.model;
    free.set(model, (free.get(model) ?? 0n) + allocatable.gpus - allocated.gpus);
  }
  const [most] = [...free].toSorted(([, a], [, b]) => (a === b ? 0 : a > b ? -1 : 1));
  const model = most?.[0];
  const group = hypotheticalGroup({
    ...{ cpu: '4', memory: '16Gi', disk: '10Gi', count: '1' },
    gpu: model === undefined ? undefined : `1x${model}`,
  });
  const attributes = provider?.spec.bidding.orderAttributes ?? [];
  return {
    label: `${model === undefined ? 'no GPU' : `1 ${model}`}, 4 vCPU, 16 GiB`,
    group: { ...group, requirements: { ...group.requirements, attributes } },
  };
};

const stale = { status: 'stale', why: 'not asked', conservativeUsd: new Decimal('1') } as const;

/** What the operator would decide on, as far as it can be seen from outside: no reservations, no budgets. */
const offlineInput = (
  { facts, blockTimeMs }: Gathered,
  provider: ComputeProvider,
  snapshot: InventorySnapshot,
): Omit<DecideInput, 'order'> => {
  const { priceBooks, balances, marketParams, record, installation } = facts;
  const amount = (denom: string): bigint =>
    balances.known ? (balances.value.find((b) => b.denom === denom)?.amount ?? 0n) : 0n;
  const onChain = record.known ? record.value?.attributes : undefined;
  return {
    snapshot,
    policies: priceBooks.known ? priceBooks.value.flatMap((b) => b.policy ?? []) : [],
    provider: {
      address: provider.spec.address,
      attributes: onChain ?? [...provider.spec.attributes, ...gpuCapabilities(snapshot)],
      audited: [],
    },
    wallet: {
      uakt: { spendable: amount('uakt'), committed: 0n },
      uact: { spendable: amount('uact'), committed: 0n },
    },
    chain: {
      marketParams: marketParams.known
        ? marketParams.value
        : { orderMaxBids: 20, bidMinDeposits: [] },
      blockTimeMs: blockTimeMs.known ? blockTimeMs.value : MAINNET_BLOCK_MS,
      height: 1n,
    },
    nowMs: facts.nowMs,
    exchange: { akt: stale, usdc: stale },
    rules: bidRules(provider.spec, installation.gasPrice),
    blockedHostnames: provider.spec.bidding.blockedHostnames ?? [],
  };
};

/** Rounded for a sentence; the exact price is in `berth explain`. */
const shortUsd = (usd: string): string => {
  const [whole = '0', fraction = ''] = usd.split('.');
  return `${whole}.${fraction.slice(0, PLACES).padEnd(2, '0')}`;
};

const verdict = (answer: ExplanationAnswer, label: string, by: string): readonly Finding[] => {
  const nodes = [...new Set(answer.placement.map((p) => p.node))].join(', ');
  if (answer.result === 'bid' && answer.quote !== null) {
    const { usdPerHour, price, policy } = answer.quote;
    return [
      ok(
        `${label}: would bid ${shortUsd(usdPerHour)} USD per hour (${price.amount} ${price.denom} per block, price book ${printable(policy, 60)}) on ${nodes}, ${by}`,
      ),
    ];
  }
  return answer.reasons.map((r) =>
    fault('NoBidOnSample', `${label}: no bid, ${by}: ${r.code}: ${printable(r.message)}`, {
      fix: `docs/reasons.md explains ${r.code}; berth explain --gpu … tells the whole of it`,
    }),
  );
};

const offline = (
  gathered: Gathered,
  { label, group }: Sample,
  provider: ComputeProvider,
  snapshot: InventorySnapshot,
): readonly Finding[] => {
  const id = { owner: NOBODY, dseq: 0n, gseq: 1, oseq: 1 };
  const order = { id, state: 'open' as const, spec: group, createdAt: 1n };
  const explained = explain({ ...offlineInput(gathered, provider, snapshot), order });
  const { explanations } = answerSchema.parse({ explanations: [explanationJson(explained)] });
  return explanations.flatMap((e) =>
    verdict(e, label, 'decided here on what nodes and pods show, without the operator'),
  );
};

const live = async (desk: Desk, { label, group }: Sample): Promise<readonly Finding[]> => {
  try {
    const question = { kind: 'groups', label, groups: [group], owner: NOBODY, hostnames: [] };
    const answers = await desk.answer({ ...question, kind: 'groups' });
    return answers.flatMap((a) => verdict(a, label, 'by the running operator'));
  } catch (error) {
    if (!isCliFailure(error)) throw error;
    const { code, message, next } = error;
    return [fault('NoBidOnSample', `${label}: ${code}: ${message}`, { fix: next })];
  }
};

const unread = ({ provider, snapshot }: DoctorFacts): string | undefined =>
  !provider.known
    ? provider.why
    : provider.value === undefined
      ? 'there is no ComputeProvider'
      : !snapshot.known
        ? snapshot.why
        : undefined;

/** @param desk the running operator's, where it is known how to ask it */
export const simulate = async (
  gathered: Gathered,
  desk: Desk | undefined,
): Promise<readonly Finding[]> => {
  const { provider, snapshot } = gathered.facts;
  if (!provider.known || provider.value === undefined || !snapshot.known)
    return [notChecked(unread(gathered.facts) ?? '')];
  const sample = sampleOrder(snapshot.value, provider.value);
  return desk === undefined
    ? offline(gathered, sample, provider.value, snapshot.value)
    : live(desk, sample);
};
