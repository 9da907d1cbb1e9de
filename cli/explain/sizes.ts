/** Sizes and GPUs as people type them. */
import { misused } from '../failure.js';

const UNITS: Readonly<Record<string, bigint>> = {
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
};

/** Bytes of `16Gi`. @throws CliFailure naming the option */
export const gibBytes = (text: string, field: string): bigint => {
  const match = /^(\d{1,6})(Mi|Gi|Ti)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match !== null && unit !== undefined) return BigInt(match[1] ?? '0') * unit;
  throw misused('SizeInvalid', `--${field} must be a size such as 16Gi, got "${text}"`, { field });
};

/** `8xh100/80Gi/sxm` as units and an attribute's key; `undefined` for another form. */
export const readGpu = (text: string): { units: bigint; key: string } | undefined => {
  const match = /^(\d{1,3})x([a-z0-9]+|\*)(?:\/(\d{1,4}Gi))?(?:\/(pcie|sxm))?$/.exec(text);
  if (match === null) return undefined;
  const [, units = '1', model = '*', ram, iface] = match;
  const parts = [
    `vendor/nvidia/model/${model}`,
    ...(ram === undefined ? [] : [`ram/${ram}`]),
    ...(iface === undefined ? [] : [`interface/${iface}`]),
  ];
  return { units: BigInt(units), key: parts.join('/') };
};
