/** The signer's configuration: a YAML file, checked at the edge. It lies where the operator cannot write. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { OPERATOR_LEASE } from '../crds/constants.js';
import { isAddress } from '../chain/wallet.js';
import type { SigningPolicy } from './policy/signing-policy.js';

/** YAML numbers are exact up to 2^53, more than all uakt there will ever be in one limit; a string is taken as well. */
const amount = z
  .union([z.number().int().min(0), z.string().regex(/^\d{1,20}$/, 'must be a whole number')])
  .transform((value) => BigInt(value));

const address = z.string().refine(isAddress, 'must be an akash1… address');

const windowLimits = z.strictObject({
  /** Fees of everything signed, uakt. */
  feesUakt: amount,
  /** Deposits of bids, in each denomination, in millionths (uakt, uact). */
  deposits: amount,
  /** MsgCloseBid: open bids and leases. */
  closes: amount,
  transactions: amount,
});

const remoteKey = z.strictObject({
  /** For example https://kms.example.com:8450. */
  url: z.url({ protocol: /^https$/ }),
  /** Who signed its certificate. */
  caFile: z.string().min(1),
  /** A client certificate, where it asks for one. */
  certFile: z.string().min(1).optional(),
  /** The client certificate's key. */
  keyFile: z.string().min(1).optional(),
  /** A bearer token; read again for each request. */
  tokenFile: z.string().min(1),
  /** How long one batch may take, milliseconds. */
  timeoutMs: z.number().int().min(10).default(4_000),
});

/** What the file may say; the chart's values schema is made from it too. */
export const configSchema = z.strictObject({
  /** Path of a kubeconfig; left out inside a pod. */
  kubeconfig: z.string().min(1).optional(),
  /** The signer's own namespace: its counters. */
  namespace: z.string().min(1).default('berth-signer'),
  /** The ConfigMap of its counters, made by the chart. */
  counters: z.string().min(1).default('berth-signer-counters'),
  key: z
    .strictObject({
      /** A mnemonic or 64 hex digits, as plain text or encrypted by age with a passphrase. */
      file: z.string().min(1).optional(),
      /** Holds the passphrase of an encrypted key file. */
      passphraseFile: z.string().min(1).optional(),
      /** A key elsewhere, instead of a file: an HSM, a KMS or anything that speaks docs/remote-signers.md. */
      remote: remoteKey.optional(),
    })
    .refine(({ file, remote }) => (file === undefined) !== (remote === undefined), {
      path: ['file'],
      message: 'set either file or remote, and not both',
    }),
  listen: z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: z.number().int().min(0).max(65535).default(8446),
    })
    .prefault({}),
  tls: z.strictObject({
    certFile: z.string().min(1),
    keyFile: z.string().min(1),
    /** Who may have signed the caller's certificate. */
    clientCaFile: z.string().min(1),
    reloadSeconds: z.number().int().min(1).default(60),
  }),
  caller: z.strictObject({
    /** For example system:serviceaccount:berth-operator:berth-operator. */
    user: z.string().min(1),
    /** What the caller's projected token must be made for. */
    audience: z.string().min(1).default('berth-signer'),
  }),
  /** The operators' leader-election Lease: a leadership that it has not seen is not believed. */
  leaderElection: z.strictObject({
    namespace: z.string().min(1),
    name: z.string().min(1).default(OPERATOR_LEASE),
  }),
  policy: z.strictObject({
    chainId: z.string().min(1),
    /** The provider's account. */
    provider: address,
    /** The only address that the provider record may name. */
    hostUri: z.url(),
    maxFeeUakt: amount.prefault(1_000_000),
    maxMessages: z.number().int().min(1).max(1000).default(100),
    perHour: windowLimits.prefault({
      feesUakt: 10_000_000,
      deposits: 100_000_000,
      closes: 300,
      transactions: 3_000,
    }),
    perDay: windowLimits.prefault({
      feesUakt: 50_000_000,
      deposits: 1_000_000_000,
      closes: 2_000,
      transactions: 30_000,
    }),
  }),
  http: z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: z.number().int().min(0).max(65535).default(9090),
    })
    .prefault({}),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

export type SignerConfig = z.infer<typeof configSchema>;

/** The file is missing, is no YAML, or a field is wrong; the message names every field. */
export class ConfigError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError naming the fields at fault */
export const parseConfig = (text: string, source: string): SignerConfig => {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (cause) {
    throw new ConfigError(`${source} is not valid YAML`, { cause });
  }
  const result = configSchema.safeParse(raw ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    (i) => `${i.path.join('.') || '(top level)'}: ${i.message}`,
  );
  throw new ConfigError(`${source}: ${faults.join('; ')}`);
};

/** @throws ConfigError */
export const readConfig = (path: string): SignerConfig => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`cannot read the configuration file ${path}`, { cause });
  }
  return parseConfig(text, path);
};

/** What the key of account `key` may sign. */
export const policyOf = ({ policy }: SignerConfig, key: string): SigningPolicy => ({
  ...policy,
  key,
});
