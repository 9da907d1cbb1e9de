/** Takes an SDL down the tenant's road with the official SDK: SDL, manifest JSON, on-chain groups, in our own types. */
import { generateManifest, manifestToSortedJSON, type SDLInput } from '@akashnetwork/chain-sdk';
import { parse } from 'yaml';
import type { Attribute } from '../../../market/attributes.js';
import { parseDecimal } from '../../../market/money.js';
import type {
  EndpointKind,
  GroupSpec,
  Resources,
  ResourceUnit,
} from '../../../market/resources.js';
import { parseManifest } from '../../../manifests/manifest.js';
import type { AcceptedManifest } from '../../../manifests/version.js';

/** What a tenant with this SDL would put on chain and send to the provider. */
export interface FromSdl {
  readonly groups: readonly GroupSpec[];
  readonly manifest: AcceptedManifest;
  /** The body of the manifest PUT. */
  readonly body: string;
}

type Generated = Extract<ReturnType<typeof generateManifest>, { ok: true }>['value'];
type SdkGroup = Generated['groupSpecs'][number];

const KINDS: readonly EndpointKind[] = ['SHARED_HTTP', 'RANDOM_PORT', 'LEASED_IP'];

/** The SDK keeps quantities as the bytes of their decimal text. */
const quantity = (value: { val: Uint8Array } | undefined): bigint =>
  BigInt(new TextDecoder().decode(value?.val) || '0');

const attributes = (list: readonly Attribute[] | undefined): readonly Attribute[] =>
  (list ?? []).map(({ key, value }) => ({ key, value }));

type SdkResources = NonNullable<SdkGroup['resources'][number]['resource']>;

const toResources = (given: SdkResources): Resources => ({
  id: given.id,
  cpu: { milliCpu: quantity(given.cpu?.units), attributes: attributes(given.cpu?.attributes) },
  memory: {
    quantityBytes: quantity(given.memory?.quantity),
    attributes: attributes(given.memory?.attributes),
  },
  storage: given.storage.map((volume) => ({
    name: volume.name,
    quantityBytes: quantity(volume.quantity),
    attributes: attributes(volume.attributes),
  })),
  gpu: { units: quantity(given.gpu?.units), attributes: attributes(given.gpu?.attributes) },
  endpoints: given.endpoints.map(({ kind, sequenceNumber }) => ({
    kind: KINDS[kind] ?? 'SHARED_HTTP',
    sequenceNumber,
  })),
});

const toUnit = ({ resource, count, price }: SdkGroup['resources'][number]): ResourceUnit => {
  if (resource === undefined || price === undefined) throw new Error('a unit without resources');
  const amount = parseDecimal(price.amount);
  return { count, price: { denom: price.denom, amount }, resources: toResources(resource) };
};

const toGroupSpec = ({ name, requirements, resources }: SdkGroup): GroupSpec => ({
  name,
  requirements: {
    signedBy: {
      allOf: requirements?.signedBy?.allOf ?? [],
      anyOf: requirements?.signedBy?.anyOf ?? [],
    },
    attributes: attributes(requirements?.attributes),
  },
  units: resources.map(toUnit),
});

/** @throws Error when the SDK refuses the SDL, or we refuse its manifest */
export const fromSdl = (sdl: string | SDLInput): FromSdl => {
  const input = typeof sdl === 'string' ? (parse(sdl) as SDLInput) : sdl;
  const generated = generateManifest(input);
  if (!generated.ok) throw new Error(generated.value.map((e) => e.message).join('; '));
  const body = manifestToSortedJSON(generated.value.groups);
  const manifest = parseManifest(new TextEncoder().encode(body));
  if (!manifest.ok) throw new Error(manifest.reasons.map((r) => r.message).join('; '));
  return { groups: generated.value.groupSpecs.map(toGroupSpec), manifest, body };
};
