/** Kubernetes quantities in the shortest exact form, which is the one people read and the API server keeps. */
import { k8s } from 'cdk8s-plus-34';

const BINARY = [
  ['Ti', 1n << 40n],
  ['Gi', 1n << 30n],
  ['Mi', 1n << 20n],
  ['Ki', 1n << 10n],
] as const;

/** `2`, `250m` */
export const cpuQuantity = (milliCpu: bigint): k8s.Quantity =>
  k8s.Quantity.fromString(milliCpu % 1000n === 0n ? String(milliCpu / 1000n) : `${milliCpu}m`);

/** `16Gi`, `1000000` */
export const byteQuantity = (bytes: bigint): k8s.Quantity => {
  const unit = BINARY.find(([, size]) => bytes !== 0n && bytes % size === 0n);
  return k8s.Quantity.fromString(
    unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`,
  );
};

/** `8` */
export const countQuantity = (count: bigint): k8s.Quantity =>
  k8s.Quantity.fromString(String(count));

/** What is requested of a limit under a commit level: rounded up, never more than the limit, at least 1. */
export const committed = (limit: bigint, level: number): bigint => {
  if (level <= 1 || limit === 0n) return limit;
  // Levels have few decimals; thousandths keep the division exact.
  const thousandths = BigInt(Math.round(level * 1000));
  return (limit * 1000n + thousandths - 1n) / thousandths;
};
