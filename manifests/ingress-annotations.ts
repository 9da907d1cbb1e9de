/** What a tenant may tune of the ingress in front of it, as ingress-nginx annotations (provider-wire 2.9). */
import type { ManifestHttpOptions } from './manifest.js';
import { NEXT_CASES } from './validate-expose.js';

/** What the Akash provider assumes when a manifest gives no options at all. */
const DEFAULTS: ManifestHttpOptions = {
  maxBodySize: 1_048_576,
  readTimeout: 60_000,
  sendTimeout: 60_000,
  nextTries: 3,
  nextTimeout: 60_000,
  nextCases: ['error', 'timeout'],
};

/** nginx wants 16k of buffer for the headers that common web frameworks send. */
const DEFAULT_BUFFER_BYTES = 16_384;

const seconds = (milliseconds: number): string => String(Math.ceil(milliseconds / 1000));

/** Only words that nginx knows reach the annotation, whatever the manifest says. */
const nextCases = (cases: readonly string[]): string =>
  cases
    .filter((name) => NEXT_CASES.includes(name))
    .map((name) => (/^\d+$/.test(name) ? `http_${name}` : name))
    .join(' ');

/** Annotations of one Ingress; every value is a number or a known word, so that none can smuggle in configuration. */
export const ingressAnnotations = (
  given: ManifestHttpOptions,
): Readonly<Record<string, string>> => {
  const options = given.maxBodySize === 0 ? DEFAULTS : given;
  const cases = nextCases(options.nextCases ?? []);
  const values = {
    'proxy-body-size': String(options.maxBodySize),
    'proxy-buffer-size': String(given.proxyBufferSize ?? DEFAULT_BUFFER_BYTES),
    'proxy-next-upstream-timeout': seconds(options.nextTimeout),
    'proxy-next-upstream-tries': String(options.nextTries),
    'proxy-read-timeout': seconds(options.readTimeout),
    'proxy-send-timeout': seconds(options.sendTimeout),
    ...(cases !== '' && { 'proxy-next-upstream': cases }),
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
  );
};
