/** Attributes that auditors have signed for providers (node x/audit): one record per provider and auditor. */
import { AuditedProvider, type Attribute } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { refusal, registerIn, wrapped } from '../akash/registered-error.js';
import type { Context } from '../kernel/module.js';

const audit = registerIn('audit');

/** Errors of the audit module (chain-sdk go/node/audit/v1/errors.go). */
export const AUDIT_ERRORS = {
  providerNotFound: audit(1, 'NotFound', 'invalid provider: address not found'),
  invalidAddress: audit(2, 'InvalidArgument', 'invalid address'),
  attributeNotFound: audit(3, 'NotFound', 'attribute not found'),
} as const;

/** Prefix of all records. */
export const AUDITED = 'audit/a/';

const keyOf = (owner: string, auditor: string): string => `${AUDITED}${owner}/${auditor}`;

/** What `auditor` has signed for `owner`. */
export const getAudited = (
  context: Context,
  owner: string,
  auditor: string,
): AuditedProvider | undefined => {
  const bytes = context.store.get(keyOf(owner, auditor));
  return bytes === undefined ? undefined : AuditedProvider.decode(bytes);
};

/** Everything signed for `owner`, by auditor. */
export const auditedFor = (context: Context, owner: string): readonly AuditedProvider[] =>
  Array.from(context.store.iterate(`${AUDITED}${owner}/`), ([, bytes]) =>
    AuditedProvider.decode(bytes),
  );

const put = (context: Context, owner: string, auditor: string, kept: Map<string, string>): void => {
  const attributes: Attribute[] = [...kept]
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const record = AuditedProvider.encode({ owner, auditor, attributes }).finish();
  context.store.set(keyOf(owner, auditor), record);
};

const valuesOf = (record: AuditedProvider | undefined): Map<string, string> =>
  new Map(record?.attributes.map(({ key, value }) => [key, value]));

/** Adds attributes to what is signed already; the newer value of a key wins. */
export const sign = (
  context: Context,
  owner: string,
  auditor: string,
  attributes: readonly Attribute[],
): void => {
  const kept = valuesOf(getAudited(context, owner, auditor));
  for (const { key, value } of attributes) kept.set(key, value);
  put(context, owner, auditor, kept);
  context.emitTyped('akash.audit.v1.EventTrustedAuditorCreated', { owner, auditor });
};

/** Takes keys back, all of them when none is named. @throws AppError audit/1, audit/3 */
export const unsign = (
  context: Context,
  owner: string,
  auditor: string,
  keys: readonly string[],
): void => {
  const record = getAudited(context, owner, auditor);
  if (record === undefined) throw refusal(AUDIT_ERRORS.providerNotFound);
  const kept = valuesOf(record);
  for (const key of keys) {
    if (kept.delete(key)) continue;
    throw wrapped(
      AUDIT_ERRORS.attributeNotFound,
      `trying to delete non-existing attribute "${key}" for auditor/provider "${auditor}/${owner}"`,
    );
  }
  if (keys.length === 0 || kept.size === 0) context.store.delete(keyOf(owner, auditor));
  else put(context, owner, auditor, kept);
  context.emitTyped('akash.audit.v1.EventTrustedAuditorDeleted', { owner, auditor });
};
