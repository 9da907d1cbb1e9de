/** Grants and fee allowances of the fake chain, as x/authz and x/feegrant keep them. */
import type { FeeAllowance, Grant } from '../../market/records.js';
import type { ChainMessage } from '../ports.js';
import { EXEC_TYPE_URL, TYPE_URLS } from '../tx/type-urls.js';
import type { FakeRefusal } from './fake-market.js';

type Of<T extends ChainMessage['type']> = Extract<ChainMessage, { readonly type: T }>;

const refusal = (codespace: string, code: number, log: string): FakeRefusal => ({
  codespace,
  code,
  log,
});

export class FakeGrants {
  #grants: readonly Grant[] = [];
  #allowances: readonly FeeAllowance[] = [];

  grants(granter: string, grantee: string): readonly Grant[] {
    return this.#grants.filter((g) => g.granter === granter && g.grantee === grantee);
  }

  allowance(granter: string, grantee: string): FeeAllowance | undefined {
    return this.#allowances.find((a) => a.granter === granter && a.grantee === grantee);
  }

  /** Over an earlier one of the same message type. */
  grant(m: Of<'grant'>): void {
    const { granter, grantee } = m;
    const typeUrl = TYPE_URLS[m.message];
    this.#grants = [
      ...this.#grants.filter(
        (g) => g.granter !== granter || g.grantee !== grantee || g.typeUrl !== typeUrl,
      ),
      { granter, grantee, typeUrl, unbounded: true, expiresAtMs: m.expiresAtSeconds * 1000 },
    ];
  }

  revoke({ granter, grantee, typeUrl }: Of<'revoke-grant'>): FakeRefusal | undefined {
    const kept = this.#grants.filter(
      (g) => g.granter !== granter || g.grantee !== grantee || g.typeUrl !== typeUrl,
    );
    if (kept.length === this.#grants.length) {
      return refusal('authz', 2, 'authorization not found');
    }
    this.#grants = kept;
    return undefined;
  }

  grantFees({ granter, grantee, terms }: Of<'grant-fees'>): FakeRefusal | undefined {
    if (this.allowance(granter, grantee) !== undefined) {
      return refusal('sdk', 18, 'fee allowance already exists: invalid request');
    }
    this.setAllowance({
      ...{ granter, grantee, leftUakt: terms.limitUakt, onlyTypeUrls: [EXEC_TYPE_URL] },
      period:
        terms.period === undefined
          ? undefined
          : { ...terms.period, leftUakt: terms.period.limitUakt, resetsAtMs: 0 },
      expiresAtMs: terms.expiresAtSeconds * 1000,
    });
    return undefined;
  }

  revokeFees({ granter, grantee }: Of<'revoke-fees'>): FakeRefusal | undefined {
    if (this.allowance(granter, grantee) === undefined) {
      return refusal('sdk', 38, 'fee-grant not found: not found');
    }
    this.#allowances = this.#allowances.filter(
      (a) => a.granter !== granter || a.grantee !== grantee,
    );
    return undefined;
  }

  /** In place of whatever there was between the two. */
  setAllowance(allowance: FeeAllowance): void {
    const { granter, grantee } = allowance;
    this.#allowances = [
      ...this.#allowances.filter((a) => a.granter !== granter || a.grantee !== grantee),
      allowance,
    ];
  }

  /** Why `grantee` may not run these for `granter`; the chain forgets what has expired. */
  execFault(
    granter: string,
    grantee: string,
    messages: readonly ChainMessage[],
    nowMs: number,
  ): FakeRefusal | undefined {
    const names: Readonly<Record<string, string | undefined>> = TYPE_URLS;
    const held = this.grants(granter, grantee).filter((g) => (g.expiresAtMs ?? Infinity) >= nowMs);
    const missing = messages.find((m) => !held.some((g) => g.typeUrl === names[m.type]));
    if (missing === undefined) return undefined;
    const what = names[missing.type] ?? missing.type;
    return refusal(
      'authz',
      2,
      `failed to execute message; message index: 0: failed to get grant with given granter: ${granter}, grantee: ${grantee} & msgType: ${what} : authorization not found`,
    );
  }
}
