/** The tables of docs/reasons.md, made from the codes themselves: one marked part per room. */
import { INVENTORY_REASONS, SKIP_REASONS } from '../../bidengine/reasons.js';
import { DOCTOR_CODES } from '../../cli/provider/doctor/codes.js';
import { REFUSAL_REASONS, USAGE_REASONS } from '../../cli/reasons.js';
import { GATEWAY_REASONS } from '../../gateway/reasons.js';
import {
  CROSS_VALIDATION_REASONS,
  PARSE_REASONS,
  VALIDATION_REASONS,
} from '../../manifests/reasons.js';
import {
  BID_REASONS,
  LEASE_REASONS,
  PROVIDER_REASONS,
  SCREENING_REASONS,
} from '../../operator/reasons.js';
import { SIGNER_REASONS } from '../../signer/reasons.js';
import { table } from './markdown.js';

type Codes = Readonly<Record<string, string>>;

/** Marks on the page, and what lies between each pair: titles with their codes. */
export const REASON_PARTS: Readonly<Record<string, readonly (readonly [string, Codes])[]>> = {
  bidengine: [
    ['Why there is no bid', SKIP_REASONS],
    ['Why a node or its GPUs are not for sale, and what did not add up', INVENTORY_REASONS],
  ],
  operator: [
    ['Why the operator does not bid, or is not ready', PROVIDER_REASONS],
    ['What became of a bid', BID_REASONS],
    ['What holds a lease up', LEASE_REASONS],
    ['Why the screening service gives no explanation', SCREENING_REASONS],
  ],
  manifests: [
    ['Why a manifest is not read', PARSE_REASONS],
    ['Why a manifest is invalid', VALIDATION_REASONS],
    ['Why a manifest does not agree with the chain', CROSS_VALIDATION_REASONS],
  ],
  signer: [['Why a transaction is not signed', SIGNER_REASONS]],
  gateway: [['Why a request is refused', GATEWAY_REASONS]],
  doctor: [['What `berth provider doctor` finds', DOCTOR_CODES]],
  cli: [
    ['Why a command was not tried (exit status 2)', USAGE_REASONS],
    ['Why a command was refused (exit status 1)', REFUSAL_REASONS],
  ],
};

const part = (sections: readonly (readonly [string, Codes])[]): string =>
  sections
    .map(([title, codes]) => {
      const rows = Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning]);
      return `### ${title}\n\n${table(['code', 'meaning'], rows)}`;
    })
    .join('\n');

/** `page` with every marked part made anew. @throws when the page lacks a pair of marks */
export const withReasons = (page: string): string => {
  let text = page;
  for (const [mark, sections] of Object.entries(REASON_PARTS)) {
    const [begin, end] = [`<!-- ${mark}:begin -->\n`, `<!-- ${mark}:end -->`];
    const [head, rest] = text.split(begin, 2);
    const tail = rest?.split(end, 2)[1];
    if (head === undefined || tail === undefined)
      throw new Error(`docs/reasons.md has no marks for "${mark}"`);
    text = `${head}${begin}${part(sections)}${end}${tail}`;
  }
  return text;
};
