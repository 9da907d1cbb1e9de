import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authorize } from './authorize.js';
import type { Action } from './authorize.js';
import { SCOPES } from './caller.js';
import type { DeploymentPermission, LeaseAccess, Scope } from './caller.js';

const US = 'akash1us';
const action: Action = { scope: 'status', dseq: 7n, gseq: 1, oseq: 1 };
const token = (access: LeaseAccess) => ({ kind: 'token', owner: 'akash1me', access }) as const;
const granular = (...deployments: readonly DeploymentPermission[]) =>
  token({
    access: 'granular',
    permissions: [{ provider: US, access: 'granular', deployments }],
  });

const scopes = fc.subarray([...SCOPES]);
const deployments = fc.array(
  fc.record({
    dseq: fc.bigInt({ min: 6n, max: 8n }),
    gseq: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    oseq: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    scope: scopes,
    services: fc.option(fc.subarray(['web', 'db']), { nil: undefined }),
  }),
  { maxLength: 6 },
);

describe('authorisation', () => {
  it('lets a certificate do everything', () => {
    const caller = { kind: 'certificate', owner: 'akash1me', serial: '1' } as const;
    expect(authorize(caller, US, action)).toEqual({ ok: true, services: undefined });
  });

  it('joins the services of all permissions that grant the action', () => {
    const caller = granular(
      { dseq: 7n, scope: ['status'], services: ['web'] },
      { dseq: 7n, gseq: 1, scope: ['status'], services: ['db'] },
      { dseq: 7n, scope: ['logs'], services: ['cache'] },
    );
    expect(authorize(caller, US, action)).toEqual({ ok: true, services: ['web', 'db'] });
  });

  it('is not limited to services when one granting permission is not', () => {
    const caller = granular(
      { dseq: 7n, scope: ['status'], services: ['web'] },
      { dseq: 7n, scope: ['status'] },
    );
    expect(authorize(caller, US, action)).toEqual({ ok: true, services: undefined });
  });

  it.each<readonly [string, LeaseAccess, string]>([
    ['a scope it lacks', { access: 'scoped', scope: ['logs'] }, 'the token lacks the scope status'],
    [
      'another provider',
      { access: 'granular', permissions: [{ provider: 'akash1them', access: 'full' }] },
      'the token names no permission for this provider',
    ],
    [
      'another deployment',
      {
        access: 'granular',
        permissions: [
          { provider: US, access: 'granular', deployments: [{ dseq: 8n, scope: ['status'] }] },
        ],
      },
      'the token does not cover lease 7/1/1',
    ],
  ])('says why not: %s', (_name, access, why) => {
    expect(authorize(token(access), US, action)).toEqual({ ok: false, why });
  });

  it('grants no more than some single permission names, and all that one names', () => {
    fc.assert(
      fc.property(
        deployments,
        fc.constantFrom<Scope>(...SCOPES),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 2 }),
        (permissions, scope, gseq, oseq) => {
          const granting = permissions.filter(
            (p) =>
              p.dseq === 7n &&
              p.scope.includes(scope) &&
              [undefined, gseq].includes(p.gseq) &&
              [undefined, oseq].includes(p.oseq),
          );
          const decided = authorize(granular(...permissions), US, { scope, dseq: 7n, gseq, oseq });
          expect(decided.ok).toBe(granting.length > 0);
          const all = granting.some((p) => p.services === undefined);
          const named = new Set(granting.flatMap((p) => p.services ?? []));
          if (decided.ok) {
            expect(decided.services === undefined).toBe(all);
            if (!all) expect(new Set(decided.services)).toEqual(named);
          }
        },
      ),
    );
  });

  it('asked about a deployment grants when any of its leases could be acted on', () => {
    const caller = granular({ dseq: 7n, gseq: 2, oseq: 3, scope: ['send-manifest'] });
    expect(authorize(caller, US, { scope: 'send-manifest', dseq: 7n }).ok).toBe(true);
    expect(authorize(caller, US, { scope: 'send-manifest', dseq: 8n })).toEqual({
      ok: false,
      why: 'the token does not cover deployment 8',
    });
  });
});
