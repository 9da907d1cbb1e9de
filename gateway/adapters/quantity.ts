/** Kubernetes quantities as whole numbers. Source: k8s.io/apimachinery, resource.Quantity. */
import { Decimal } from '../../market/money.js';

const SUFFIXES: Readonly<Record<string, string>> = {
  n: '0.000000001',
  u: '0.000001',
  m: '0.001',
  '': '1',
  k: '1000',
  M: '1000000',
  G: '1000000000',
  T: '1000000000000',
  P: '1000000000000000',
  E: '1000000000000000000',
  Ki: '1024',
  Mi: '1048576',
  Gi: '1073741824',
  Ti: '1099511627776',
  Pi: '1125899906842624',
  Ei: '1152921504606846976',
};

const FORM = /^\+?(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;

/**
 * `quantity` times `scale`, rounded up, as Kubernetes rounds: `250m` at scale 1000 is 250 milli-CPU. 0 for an absent or
 * unreadable quantity, which the API server does not let through.
 */
export const readQuantity = (quantity: string | undefined, scale: 1 | 1000 = 1): bigint => {
  const match = FORM.exec(quantity ?? '');
  if (match === null) return 0n;
  const [, digits = '0', suffix = '', exponent = '0'] = match;
  const number = new Decimal(digits.startsWith('.') ? `0${digits}` : digits.replace(/\.$/, ''));
  const factor = new Decimal(SUFFIXES[suffix] ?? '1').times(new Decimal(`1e${exponent}`));
  const value = number.times(factor).times(new Decimal(String(scale)));
  const whole = BigInt(value.round(0, 0).toFixed(0));
  return value.gt(new Decimal(whole.toString())) ? whole + 1n : whole;
};
