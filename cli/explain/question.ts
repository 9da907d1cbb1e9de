/** What is asked about: an order on chain, the groups of an SDL file, or a hypothetical group from options. */
import { gibBytes, readGpu } from './sizes.js';
import { isIdFormatError, parseOrderId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { misused } from '../failure.js';
import { readSdlFile } from '../input.js';

export type Question = { readonly label: string } & (
  | { readonly kind: 'order'; readonly order: string }
  | {
      readonly kind: 'groups';
      readonly groups: readonly GroupSpec[];
      readonly owner: string;
      readonly hostnames: readonly string[];
    }
);

/** A group that nobody has written an SDL for. */
export interface HypotheticalOptions {
  /** `8xh100`, `2xh100/80Gi/sxm`, `1x*`. */
  readonly gpu?: string | undefined;
  /** vCPU. */
  readonly cpu: string;
  /** Such as `16Gi`. */
  readonly memory: string;
  readonly disk: string;
  readonly count: string;
}

const whole = (text: string, field: string, most: number): number => {
  const n = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (n >= 1 && n <= most) return n;
  throw misused(
    'NumberInvalid',
    `--${field} must be a whole number from 1 to ${most}, got "${text}"`,
    {
      field,
    },
  );
};

const milliCpu = (text: string): bigint => {
  if (/^\d{1,4}(\.\d{1,3})?$/.test(text)) {
    return BigInt(new Decimal(text).times('1000').toFixed(0));
  }
  throw misused('NumberInvalid', `--cpu must be vCPUs such as 4 or 0.5, got "${text}"`, {
    field: 'cpu',
  });
};

/** More than any order can pay: a hypothetical order takes every price. */
const ANY_PRICE = new Decimal('1000000000000');

/** @throws CliFailure naming the option */
export const hypotheticalGroup = (options: HypotheticalOptions): GroupSpec => {
  const gpu = options.gpu === undefined ? undefined : readGpu(options.gpu);
  if (options.gpu !== undefined && gpu === undefined) {
    throw misused(
      'GpuInvalid',
      `--gpu must read like 8xh100 or 2xh100/80Gi/sxm, got "${options.gpu}"`,
      {
        field: 'gpu',
      },
    );
  }
  return {
    name: 'hypothetical',
    requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
    units: [
      {
        resources: {
          id: 1,
          cpu: { milliCpu: milliCpu(options.cpu), attributes: [] },
          memory: { quantityBytes: gibBytes(options.memory, 'memory'), attributes: [] },
          storage: [
            { name: 'default', quantityBytes: gibBytes(options.disk, 'disk'), attributes: [] },
          ],
          gpu:
            gpu === undefined
              ? { units: 0n, attributes: [] }
              : { units: gpu.units, attributes: [{ key: gpu.key, value: 'true' }] },
          endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
        },
        count: whole(options.count, 'count', 1_000),
        price: { denom: 'uact', amount: ANY_PRICE },
      },
    ],
  };
};

/** An order's path or an SDL file. @throws CliFailure */
export const readQuestion = async (
  what: string,
  owner: string,
  stdin: () => Promise<string>,
): Promise<Question> => {
  try {
    parseOrderId(what);
    return { kind: 'order', label: what, order: what };
  } catch (error) {
    if (!isIdFormatError(error)) throw error;
  }
  const { groups } = await readSdlFile(what, stdin);
  return { kind: 'groups', label: what, groups, owner, hostnames: [] };
};
