/** Groups and resources, between the SDK's messages and market/ records, both ways. */
import { Endpoint_Kind } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type {
  GroupSpec as WireGroupSpec,
  Resources as WireResources,
  ResourceUnit as WireResourceUnit,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { ResourceOffer as WireResourceOffer } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type {
  Endpoint,
  EndpointKind,
  GroupSpec,
  ResourceOffer,
  Resources,
  ResourceUnit,
} from '../../market/resources.js';
import { formatPrice } from '../../market/money.js';
import { named, required, toAttributes, toDecCoin, toWhole } from './primitives.js';

const ENDPOINT_KINDS: Readonly<Record<number, EndpointKind>> = {
  0: 'SHARED_HTTP',
  1: 'RANDOM_PORT',
  2: 'LEASED_IP',
};
const ENDPOINT_NUMBERS: Readonly<Record<EndpointKind, Endpoint_Kind>> = {
  SHARED_HTTP: Endpoint_Kind.SHARED_HTTP,
  RANDOM_PORT: Endpoint_Kind.RANDOM_PORT,
  LEASED_IP: Endpoint_Kind.LEASED_IP,
};

/** A ResourceValue holds the ASCII digits of a whole number. */
const toQuantity = (value: { readonly val: Uint8Array } | undefined, field: string): bigint =>
  toWhole(value === undefined ? '' : new TextDecoder().decode(value.val), field);

const fromQuantity = (quantity: bigint): { val: Uint8Array } => ({
  val: new TextEncoder().encode(quantity.toString()),
});

/** @throws ChainDecodeError */
export const toResources = (wire: WireResources | undefined, field: string): Resources => {
  const r = required(wire, field);
  return {
    id: r.id,
    cpu: {
      milliCpu: toQuantity(r.cpu?.units, `${field}.cpu`),
      attributes: toAttributes(r.cpu?.attributes ?? []),
    },
    memory: {
      quantityBytes: toQuantity(r.memory?.quantity, `${field}.memory`),
      attributes: toAttributes(r.memory?.attributes ?? []),
    },
    storage: r.storage.map((s) => ({
      name: s.name,
      quantityBytes: toQuantity(s.quantity, `${field}.storage.${s.name}`),
      attributes: toAttributes(s.attributes),
    })),
    gpu: {
      units: toQuantity(r.gpu?.units, `${field}.gpu`),
      attributes: toAttributes(r.gpu?.attributes ?? []),
    },
    endpoints: r.endpoints.map((e): Endpoint => ({
      kind: named(ENDPOINT_KINDS, e.kind, `${field}.endpoints.kind`),
      sequenceNumber: e.sequenceNumber,
    })),
  };
};

const toUnit = (wire: WireResourceUnit, field: string): ResourceUnit => ({
  resources: toResources(wire.resource, `${field}.resource`),
  count: wire.count,
  price: toDecCoin(wire.price, `${field}.price`),
});

/** @throws ChainDecodeError */
export const toGroupSpec = (wire: WireGroupSpec | undefined, field: string): GroupSpec => {
  const spec = required(wire, field);
  return {
    name: spec.name,
    requirements: {
      signedBy: {
        allOf: [...(spec.requirements?.signedBy?.allOf ?? [])],
        anyOf: [...(spec.requirements?.signedBy?.anyOf ?? [])],
      },
      attributes: toAttributes(spec.requirements?.attributes ?? []),
    },
    units: spec.resources.map((u, i) => toUnit(u, `${field}.resources[${i}]`)),
  };
};

/** @throws ChainDecodeError */
export const toOffers = (wire: readonly WireResourceOffer[]): readonly ResourceOffer[] =>
  wire.map((offer, i) => ({
    resources: toResources(offer.resources, `resources_offer[${i}].resources`),
    count: offer.count,
  }));

/** Inverse of {@link toResources}. */
export const fromResources = (r: Resources): WireResources => ({
  id: r.id,
  cpu: { units: fromQuantity(r.cpu.milliCpu), attributes: [...r.cpu.attributes] },
  memory: { quantity: fromQuantity(r.memory.quantityBytes), attributes: [...r.memory.attributes] },
  storage: r.storage.map((s) => ({
    name: s.name,
    quantity: fromQuantity(s.quantityBytes),
    attributes: [...s.attributes],
  })),
  gpu: { units: fromQuantity(r.gpu.units), attributes: [...r.gpu.attributes] },
  endpoints: r.endpoints.map((e) => ({
    kind: ENDPOINT_NUMBERS[e.kind],
    sequenceNumber: e.sequenceNumber,
  })),
});

/** Inverse of {@link toGroupSpec}. */
export const fromGroupSpec = (spec: GroupSpec): WireGroupSpec => ({
  name: spec.name,
  requirements: {
    signedBy: {
      allOf: [...spec.requirements.signedBy.allOf],
      anyOf: [...spec.requirements.signedBy.anyOf],
    },
    attributes: [...spec.requirements.attributes],
  },
  resources: spec.units.map((u) => ({
    resource: fromResources(u.resources),
    count: u.count,
    price: { denom: u.price.denom, amount: formatPrice(u.price.amount) },
  })),
});
