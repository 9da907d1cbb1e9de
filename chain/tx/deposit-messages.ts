/**
 * Messages with a deposit. Encoded field by field because the published SDK writes the repeated enum
 * Deposit.sources unpacked, while the chain's own clients (and proto3) pack it: `recorded/bid-create.tx.json`.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { BidID, DeploymentID } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { GroupSpec } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { ResourceOffer } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { Coin, DecCoin } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { formatPrice } from '../../market/money.js';
import type { Coin as MarketCoin } from '../../market/money.js';
import type { ChainMessage } from '../ports.js';
import { fromGroupSpec, fromResources } from '../decode/group-spec.js';
import { fromBidId, fromDeploymentId } from '../decode/ids.js';
import { bidWindowField } from '../wire/reclamation.js';

/** Where a deposit is taken from (akash.base.deposit.v1.Source): the chain tries them in order. */
export type DepositSource = 'balance' | 'grant';

const SOURCE_NUMBERS: Readonly<Record<DepositSource, number>> = { balance: 1, grant: 2 };

const encodeDeposit = (coin: MarketCoin, sources: readonly DepositSource[]): Uint8Array => {
  const packed = new BinaryWriter();
  for (const source of sources) packed.int32(SOURCE_NUMBERS[source]);
  return new BinaryWriter()
    .uint32(10)
    .bytes(Coin.encode({ denom: coin.denom, amount: coin.amount.toString() }).finish())
    .uint32(42)
    .bytes(packed.finish())
    .finish();
};

const OWN: readonly DepositSource[] = ['balance'];

/** akash.market.v1beta5.MsgCreateBid */
export const encodeCreateBid = (
  m: Extract<ChainMessage, { readonly type: 'create-bid' }>,
  sources: readonly DepositSource[] = OWN,
): Uint8Array => {
  const price = { denom: m.price.denom, amount: formatPrice(m.price.amount) };
  const writer = new BinaryWriter()
    .uint32(10)
    .bytes(BidID.encode(fromBidId(m.id)).finish())
    .uint32(18)
    .bytes(DecCoin.encode(price).finish())
    .uint32(26)
    .bytes(encodeDeposit(m.deposit, sources));
  for (const offer of m.resourcesOffer) {
    const resources = fromResources(offer.resources);
    const encoded = ResourceOffer.encode({ resources, count: offer.count, prices: undefined });
    writer.uint32(34).bytes(encoded.finish());
  }
  if (m.reclamationWindowSeconds !== undefined) {
    writer.raw(bidWindowField(m.reclamationWindowSeconds));
  }
  return writer.finish();
};

/** akash.deployment.v1beta4.MsgCreateDeployment */
export const encodeCreateDeployment = (
  m: Extract<ChainMessage, { readonly type: 'create-deployment' }>,
  sources: readonly DepositSource[] = OWN,
): Uint8Array => {
  const writer = new BinaryWriter()
    .uint32(10)
    .bytes(DeploymentID.encode(fromDeploymentId(m.id)).finish());
  for (const group of m.groups) {
    writer.uint32(18).bytes(GroupSpec.encode(fromGroupSpec(group)).finish());
  }
  return writer
    .uint32(26)
    .bytes(m.hash)
    .uint32(34)
    .bytes(encodeDeposit(m.deposit, sources))
    .finish();
};

/** akash.escrow.v1.MsgAccountDeposit; `accountId` is an encoded akash.escrow.id.v1.Account */
export const encodeAccountDeposit = (
  signer: string,
  accountId: Uint8Array,
  amount: MarketCoin,
  sources: readonly DepositSource[] = OWN,
): Uint8Array =>
  new BinaryWriter()
    .uint32(10)
    .string(signer)
    .uint32(18)
    .bytes(accountId)
    .uint32(26)
    .bytes(encodeDeposit(amount, sources))
    .finish();
