/** Actors and messages for tests of the market: one order of 1000 uact a block, asked for as on the recorded node. */
import { MsgCreateProvider } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  MsgCloseDeployment,
  MsgCreateDeployment,
  type GroupSpec,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  MsgCloseBid,
  MsgCloseLease,
  MsgCreateBid,
  MsgCreateLease,
  MsgWithdrawLease,
  type ResourceOffer,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type { LeaseClosedReason } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { Source, type Deposit } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { BidId } from '../../../market/ids.js';
import { moduleAddress } from '../../bank/module-address.js';
import { withMessageWindow } from '../../market/wire.js';
import { MemoryChain, anyOf, type AnyMessage, type GenesisSections } from './memory-chain.js';
import { recordedTx } from './recorded.js';

/** A well-formed address for a name. */
export const addressOf = (name: string): string => moduleAddress(`actor/${name}`);

export const TENANT = addressOf('tenant');
export const PROVIDER = addressOf('provider');

/** What every actor starts with, of each denomination. */
export const ENDOWMENT = 10n ** 12n;

const recordedGroups = (): GroupSpec[] => {
  const [message] = recordedTx('deployment-create').messages;
  return MsgCreateDeployment.decode(message?.value ?? new Uint8Array()).groups;
};

/** The recorded group: 0.1 CPU, 16 MiB, one shared HTTP endpoint, region us-west, 1000 uact a block. */
export const groupSpec = (changes: Partial<GroupSpec> = {}): GroupSpec => {
  const [spec] = recordedGroups();
  if (spec === undefined) throw new Error('the recording holds no group');
  return { ...spec, ...changes };
};

/** A deposit of whole units from the signer's balance. */
export const depositOf = (amount: bigint, denom = 'uact', sources = [Source.balance]): Deposit => ({
  amount: { denom, amount: amount.toString() },
  sources,
});

/** What a deployment may have other than the usual. */
export interface DeploymentChanges {
  readonly owner?: string;
  readonly dseq?: bigint;
  readonly deposit?: bigint;
  readonly groups?: GroupSpec[];
  readonly hash?: Uint8Array;
}

export const createDeployment = (changes: DeploymentChanges = {}): AnyMessage =>
  anyOf(
    MsgCreateDeployment,
    MsgCreateDeployment.fromPartial({
      id: { owner: changes.owner ?? TENANT, dseq: changes.dseq ?? 7n },
      groups: changes.groups ?? [groupSpec()],
      hash: changes.hash ?? new Uint8Array(32).fill(1),
      deposit: depositOf(changes.deposit ?? 5_000_000n),
    }),
  );

/** The bid of `provider` on the first order of a deployment. */
export const bidId = (changes: Partial<BidId> = {}): BidId => ({
  owner: TENANT,
  dseq: 7n,
  gseq: 1,
  oseq: 1,
  provider: PROVIDER,
  bseq: 0,
  ...changes,
});

/** What a bid may have other than 500 uact a block and a deposit of 500000 uact. */
export interface BidChanges extends Partial<BidId> {
  readonly price?: string;
  readonly denom?: string;
  readonly deposit?: bigint;
  readonly depositDenom?: string;
  readonly offer?: ResourceOffer[];
  /** Nanoseconds. */
  readonly window?: bigint;
}

export const createBid = (changes: BidChanges = {}): AnyMessage => {
  const { price, denom, deposit, depositDenom, offer, window, ...id } = changes;
  const { typeUrl, value } = anyOf(
    MsgCreateBid,
    MsgCreateBid.fromPartial({
      id: bidId(id),
      price: { denom: denom ?? 'uact', amount: price ?? '500' },
      deposit: depositOf(deposit ?? 500_000n, depositDenom),
      resourcesOffer: offer ?? [],
    }),
  );
  return { typeUrl, value: window === undefined ? value : withMessageWindow(value, window) };
};

export const createLease = (id = bidId()): AnyMessage =>
  anyOf(MsgCreateLease, MsgCreateLease.fromPartial({ bidId: id }));
export const closeBid = (id: BidId, reason: LeaseClosedReason): AnyMessage =>
  anyOf(MsgCloseBid, MsgCloseBid.fromPartial({ id, reason }));
export const closeLease = (id = bidId()): AnyMessage =>
  anyOf(MsgCloseLease, MsgCloseLease.fromPartial({ id }));
export const withdrawLease = (id = bidId()): AnyMessage =>
  anyOf(MsgWithdrawLease, MsgWithdrawLease.fromPartial({ id }));
export const closeDeployment = (dseq = 7n, owner = TENANT): AnyMessage =>
  anyOf(MsgCloseDeployment, MsgCloseDeployment.fromPartial({ id: { owner, dseq } }));

export const createProvider = (owner = PROVIDER, region = 'us-west'): AnyMessage =>
  anyOf(
    MsgCreateProvider,
    MsgCreateProvider.fromPartial({
      owner,
      hostUri: 'https://provider.example:8443',
      attributes: [{ key: 'region', value: region }],
      info: { email: '', website: '' },
    }),
  );

/** A chain on which the named actors, tenant and provider have money and the provider is known. */
export const marketChain = (
  actors: readonly string[] = [],
  genesis: GenesisSections = {},
): MemoryChain => {
  const chain = new MemoryChain(genesis);
  for (const address of [TENANT, PROVIDER, ...actors]) {
    chain.endow(address, [
      { denom: 'uact', amount: ENDOWMENT },
      { denom: 'uakt', amount: ENDOWMENT },
    ]);
  }
  chain.deliver(createProvider());
  return chain;
};
