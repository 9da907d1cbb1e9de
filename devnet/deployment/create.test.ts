/** MsgCreateDeployment: limits, deposits, groups, with code and text; and what else a deployment's owner may do. */
import { describe, expect, it } from '@jest/globals';
import {
  MsgCloseGroup,
  MsgPauseGroup,
  MsgStartGroup,
  MsgUpdateDeployment,
  QueryDeploymentRequest,
  QueryDeploymentResponse,
  QueryDeploymentsRequest,
  QueryDeploymentsResponse,
  QueryGroupRequest,
  QueryGroupResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  type GroupSpec,
  type ResourceUnit,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { Resources } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { withField } from '../akash/proto-fields.js';
import { anyOf, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import {
  TENANT,
  closeDeployment,
  createDeployment,
  groupSpec,
  marketChain,
} from '../akash/testing/scenario.js';
import { DeploymentState, GroupState, RECLAMATION_FIELD, encodeReclamation } from './records.js';

const [UNIT] = groupSpec().resources;
const bytes = (value: bigint | string): { val: Uint8Array } => ({
  val: new TextEncoder().encode(value.toString()),
});

/** The recorded group with its only unit, or that unit's resources, changed. */
const groupWith = (
  resources: Partial<Resources>,
  unit: Partial<ResourceUnit> = {},
): readonly GroupSpec[] => {
  if (UNIT?.resource === undefined) throw new Error('the recorded group has a unit');
  return [
    groupSpec({ resources: [{ ...UNIT, ...unit, resource: { ...UNIT.resource, ...resources } }] }),
  ];
};

const cpu = (milli: bigint | string): Partial<Resources> => ({
  cpu: { units: bytes(milli), attributes: [] },
});
const gpu = (units: bigint): Partial<Resources> => ({
  gpu: { units: bytes(units), attributes: [] },
});
const memory = (size: bigint): Partial<Resources> => ({
  memory: { quantity: bytes(size), attributes: [] },
});
const storage = (size: bigint): Partial<Resources> => ({
  storage: [{ name: 'default', quantity: bytes(size), attributes: [] }],
});
const MIB = 1_048_576n;
const TIB = MIB * MIB;

const GROUPS: readonly (readonly [string, readonly GroupSpec[], string])[] = [
  ['the recorded group', [groupSpec()], 'accepted'],
  ['no group', [], 'deployment/7 Invalid groups'],
  ['0.01 CPU', groupWith(cpu(10n)), 'accepted'],
  [
    'less than 0.01 CPU',
    groupWith(cpu(9n)),
    'undefined/1 error: invalid unit CPU (384000 > 9 > 10 fails)',
  ],
  ['384 CPU', groupWith(cpu(384_000n)), 'accepted'],
  [
    'more than 384 CPU',
    groupWith(cpu(384_001n)),
    'undefined/1 error: invalid unit CPU (384000 > 384001 > 10 fails)',
  ],
  [
    'CPU that is no number',
    groupWith(cpu('much')),
    'undefined/1 error: invalid unit CPU (384000 > nil > 10 fails)',
  ],
  ['24 GPUs', groupWith(gpu(24n)), 'accepted'],
  ['25 GPUs', groupWith(gpu(25n)), 'undefined/1 error: invalid unit GPU (24 > 25 > 0 fails)'],
  ['1 MiB of memory', groupWith(memory(MIB)), 'accepted'],
  [
    'less than 1 MiB of memory',
    groupWith(memory(MIB - 1n)),
    `undefined/1 error: invalid unit memory (${2n * TIB} > ${MIB - 1n} > ${MIB} fails)`,
  ],
  [
    'less than 5 MiB of storage',
    groupWith(storage(5n * MIB - 1n)),
    `undefined/1 error: invalid unit storage (${32n * TIB} > ${5n * MIB - 1n} > ${5n * MIB} fails)`,
  ],
  ['50 replicas', groupWith({}, { count: 50 }), 'accepted'],
  [
    '51 replicas',
    groupWith({}, { count: 51 }),
    'undefined/1 error: invalid unit count (50 > 51 > 1 fails)',
  ],
  [
    'a unit without number',
    groupWith({ id: 0 }),
    'undefined/1 error: invalid resources ID (> 0 fails)',
  ],
  [
    'GPU attributes without a GPU',
    groupWith({
      gpu: { units: bytes(0n), attributes: [{ key: 'vendor/nvidia/model/h100', value: 'true' }] },
    }),
    'undefined/1 error: invalid GPU state. attributes cannot be present if units == 0',
  ],
  [
    'a price in uakt',
    groupWith({}, { price: { denom: 'uakt', amount: '1000' } }),
    'deployment/20 Mismatched denominations (uact != uakt): Deposit invalid',
  ],
  [
    'two groups of one name',
    [groupSpec(), groupSpec()],
    'deployment/7 duplicate deployment group name westcoast: duplicate group name: Invalid groups',
  ],
];

describe('MsgCreateDeployment', () => {
  it.each(GROUPS)('answers %s', (_case, groups, expected) => {
    expect(outcome(marketChain(), createDeployment({ groups: [...groups] }))).toBe(expected);
  });

  it.each([
    ['an empty hash', { hash: new Uint8Array() }, 'deployment/9 Invalid: empty hash'],
    ['a short hash', { hash: new Uint8Array(31) }, 'deployment/10 Invalid: deployment hash'],
    [
      'no number',
      { dseq: 0n },
      'sdk/3 DeploymentID: Invalid Deployment Sequence: invalid sequence',
    ],
    [
      'an owner that is no address',
      { owner: 'me' },
      'sdk/7 DeploymentID: Invalid Owner Address: invalid address',
    ],
    [
      'too small a deposit',
      { deposit: 499_999n },
      'deployment/20 Deposit too low - 499999 < 500000uact: Deposit invalid',
    ],
    [
      'more than the owner has',
      { deposit: 2n * 10n ** 12n },
      'market/28 deposit invalid: insufficient balance',
    ],
  ])('refuses %s', (_case, changes, expected) => {
    expect(outcome(marketChain(), createDeployment(changes))).toBe(expected);
  });

  it('refuses a number that was used before, also after its close', () => {
    const chain = marketChain();
    chain.deliver(createDeployment());
    expect(outcome(chain, createDeployment())).toBe('deployment/3 Deployment exists');
    chain.advance();
    chain.deliver(closeDeployment());
    expect(outcome(chain, createDeployment())).toBe('deployment/3 Deployment exists');
  });

  it.each([
    [
      'below the chain’s minimum',
      1n,
      'deployment/26 min_window below governance minimum: invalid reclamation configuration',
    ],
    [
      'above the chain’s maximum',
      10n ** 18n,
      'deployment/26 min_window above governance maximum: invalid reclamation configuration',
    ],
    ['of an hour', 3_600_000_000_000n, 'accepted'],
  ])('answers a notice %s', (_case, window, expected) => {
    const { typeUrl, value } = createDeployment();
    const message = {
      typeUrl,
      value: withField(value, RECLAMATION_FIELD, encodeReclamation(window)),
    };
    expect(outcome(marketChain(), message)).toBe(expected);
  });

  it('takes the least deposit from the parameters (fidelity 14)', () => {
    const genesis = { deployment: { params: { min_deposits: [{ denom: 'uact', amount: '7' }] } } };
    const chain = marketChain([], genesis);
    expect(outcome(chain, createDeployment({ deposit: 6n }))).toBe(
      'deployment/20 Deposit too low - 6 < 7uact: Deposit invalid',
    );
    expect(outcome(chain, createDeployment({ deposit: 7n }))).toBe('accepted');
    const { params } = chain.query(
      '/akash.deployment.v1beta4.Query/Params',
      QueryParamsRequest,
      QueryParamsRequest.fromPartial({}),
      QueryParamsResponse,
    );
    expect(params?.minDeposits).toEqual([{ denom: 'uact', amount: '7' }]);
  });
});

const GROUP = { owner: TENANT, dseq: 7n, gseq: 1 };
const pause = anyOf(MsgPauseGroup, MsgPauseGroup.fromPartial({ id: GROUP }));
const start = anyOf(MsgStartGroup, MsgStartGroup.fromPartial({ id: GROUP }));
const closeGroup = anyOf(MsgCloseGroup, MsgCloseGroup.fromPartial({ id: GROUP }));
const update = (byte: number) =>
  anyOf(
    MsgUpdateDeployment,
    MsgUpdateDeployment.fromPartial({
      id: { owner: TENANT, dseq: 7n },
      hash: new Uint8Array(32).fill(byte),
    }),
  );

const groupState = (chain: MemoryChain): GroupState | undefined =>
  chain.query(
    '/akash.deployment.v1beta4.Query/Group',
    QueryGroupRequest,
    QueryGroupRequest.fromPartial({ id: GROUP }),
    QueryGroupResponse,
  ).group?.state;

const deployed = (): MemoryChain => {
  const chain = marketChain();
  chain.deliver(createDeployment());
  return chain;
};

describe('groups and updates', () => {
  it('pauses, starts and closes a group, once each', () => {
    const chain = deployed();
    expect(outcome(chain, start)).toBe('deployment/16 Group open');
    expect(outcome(chain, pause)).toBe('accepted');
    expect(outcome(chain, pause)).toBe('deployment/17 Group paused');
    expect(groupState(chain)).toBe(GroupState.paused);
    expect(outcome(chain, start)).toBe('accepted');
    expect(outcome(chain, closeGroup)).toBe('accepted');
    expect(groupState(chain)).toBe(GroupState.closed);
    for (const message of [pause, start, closeGroup]) {
      expect(outcome(chain, message)).toBe('deployment/15 Group already closed');
    }
  });

  it.each([
    ['another hash', update(2), 'accepted'],
    ['the same hash', update(1), 'deployment/10 Invalid: deployment hash'],
  ])('answers an update to %s', (_case, message, expected) => {
    expect(outcome(deployed(), message)).toBe(expected);
  });

  it.each([
    ['an update', update(2), 'deployment/4 Deployment not found'],
    ['a close', closeDeployment(), 'deployment/4 Deployment not found'],
    ['a pause', pause, 'deployment/14 Group not found'],
  ])('refuses %s of what is not there', (_case, message, expected) => {
    expect(outcome(marketChain(), message)).toBe(expected);
  });

  it('refuses an update after the close', () => {
    const chain = deployed();
    chain.advance();
    chain.deliver(closeDeployment());
    expect(outcome(chain, update(2))).toBe('deployment/5 Deployment closed');
  });
});

describe('queries (fidelity 11)', () => {
  const one = (chain: MemoryChain, dseq: bigint): QueryDeploymentResponse =>
    chain.query(
      '/akash.deployment.v1beta4.Query/Deployment',
      QueryDeploymentRequest,
      QueryDeploymentRequest.fromPartial({ id: { owner: TENANT, dseq } }),
      QueryDeploymentResponse,
    );

  it('gives a deployment with its groups and its account', () => {
    const answer = one(deployed(), 7n);
    expect(answer.deployment?.state).toBe(DeploymentState.active);
    expect(answer.groups.map(({ id }) => id?.gseq)).toEqual([1]);
    expect(answer.escrowAccount?.id?.xid).toBe(`${TENANT}/7`);
    expect(answer.escrowAccount?.state?.funds).toEqual([{ denom: 'uact', amount: '5000000' }]);
  });

  it('tells that one is not there', () => {
    expect(outcomeOf(() => one(deployed(), 8n))).toBe('sdk/22 Deployment not found: key not found');
  });

  it('lists by state', () => {
    const chain = deployed();
    chain.deliver(createDeployment({ dseq: 8n }));
    chain.advance();
    chain.deliver(closeDeployment(7n));
    const listed = (state: string): readonly string[] =>
      chain
        .query(
          '/akash.deployment.v1beta4.Query/Deployments',
          QueryDeploymentsRequest,
          QueryDeploymentsRequest.fromPartial({ filters: { state } }),
          QueryDeploymentsResponse,
        )
        .deployments.map(({ deployment }) => deployment?.id?.dseq.toString() ?? '');
    expect([listed(''), listed('active'), listed('closed')]).toEqual([['8', '7'], ['8'], ['7']]);
  });
});
