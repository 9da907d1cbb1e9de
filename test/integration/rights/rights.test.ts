/**
 * The chart's roles, walked: operator, gateway and signer run with nothing but their service accounts' tokens through a story
 * that needs everything they may do, the API server's audit log tells what they asked for, and the roles must grant that and
 * nothing else. compare.test.ts shows what the comparison finds when they do not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { kubectl } from '../../../hack/apply-chart.js';
import type { AccountRef } from '../../../hack/apply-chart.js';
import { leaseNamespace } from '../../../manifests/names.js';
import { afterTests } from '../../after-tests.js';
import { expectCondition } from '../../e2e/expectations.js';
import { Tenant } from '../../e2e/tenant.js';
import { readAuditLog } from '../../peers/cluster/audit.js';
import { waitFor } from '../../peers/wait.js';
import { startStack } from '../../stack/stack.js';
import type { Stack } from '../../stack/stack.js';
import { compareRights } from './compare.js';
import type { Excuse, Verdict } from './compare.js';
import { grantsOf } from './grants.js';
import type { Right } from './grants.js';
import {
  boundRoles,
  endLease,
  growOld,
  loseCounters,
  makeGpuIll,
  readAsService,
  runLease,
  useGateway,
} from './story.js';
import { usesOf } from './uses.js';

jest.setTimeout(240_000);

/** Granted, and out of reach of a run here. */
const UNREACHABLE: readonly Excuse[] = [];

const BEFORE = 'asked before there is any right in the namespace';
/** Cluster-wide rights whose uses all lie in namespaces. */
const WIDE: readonly Excuse[] = [
  ...(['create', 'patch'] as const).map((verb) => ({
    ...{ account: 'operator', place: 'cluster' as const, verb, why: BEFORE },
    resource: 'rbac.authorization.k8s.io/rolebindings',
  })),
  { account: 'operator', place: 'cluster', verb: 'get', resource: '/namespaces', why: BEFORE },
];

interface RoleRules {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
  }[];
}

describe("the chart's roles", () => {
  let dir: string;
  let stack: Stack;
  let tenant: Tenant;
  let bound: readonly string[];
  const atEnd = afterTests();
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'berth-rights-'));
    atEnd(() => {
      if (process.env['BERTH_KEEP_RUN'] === undefined)
        rmSync(dir, { recursive: true, force: true });
      else console.log(`kept: ${dir}`);
    });
    stack = await startStack({ dir, blockTimeMs: 200, signerPolicy: {} });
    atEnd(() => stack.stop());
    tenant = await Tenant.of(stack);
    atEnd(() => {
      tenant.close();
    });
    await expectCondition(stack, 'Bidding', 'Bidding');
  });

  it('carry a lease from its order to its end, with GPU trouble, lost counters and old Bids on the way', async () => {
    const lease = await runLease(stack, tenant);
    const namespace = leaseNamespace(lease.id);
    bound = await boundRoles(stack, namespace);
    await useGateway(stack, tenant, lease.id);
    await readAsService(stack, namespace);
    await makeGpuIll(stack, lease.id);
    await endLease(stack, tenant, lease);
    await growOld(stack, lease.id);
    await loseCounters(stack, tenant);
  });

  it('grant what was used, and not one verb more', async () => {
    const { chart, cluster } = stack;
    const accounts = new Map<AccountRef, string>([
      [chart.operator, 'operator'],
      [chart.gateway, 'gateway'],
      ...(chart.signer === undefined ? [] : [[chart.signer, 'signer'] as const]),
    ]);
    const users = new Map(
      [...accounts].map(([ref, account]) => [
        `system:serviceaccount:${ref.replace('/', ':')}`,
        account,
      ]),
    );
    const accountOf = (user: string): string | undefined =>
      users.get(user) ?? (/^system:serviceaccount:[0-9a-v]{45}:/.test(user) ? 'tenant' : undefined);
    // A watch is recorded when it ends.
    for (const process of [stack.operator, stack.gateway, stack.signer?.process])
      await process?.stop();
    const everybodys = JSON.parse(
      await kubectl(cluster.kubeconfigPath, [
        'get',
        'clusterrole',
        'system:basic-user',
        '-o',
        'json',
      ]),
    ) as RoleRules;
    const forAll = new Set(
      everybodys.rules.flatMap((r) =>
        r.apiGroups.flatMap((g) => r.resources.map((p) => `${g}/${p}`)),
      ),
    );
    // No request bears the verb: the API server asks for it when a RoleBinding is written.
    const binds = bound.map((name): Right => ({
      ...{ account: 'operator', place: 'cluster', verb: 'bind', name },
      resource: 'rbac.authorization.k8s.io/clusterroles',
    }));
    const judge = (): Verdict => {
      const requests = readAuditLog(cluster.auditLogPath ?? '');
      const { uses, refused } = usesOf(requests, accountOf);
      return compareRights({
        grants: grantsOf(chart.objects, accounts),
        uses: [...uses.filter((use) => !forAll.has(use.resource)), ...binds],
        ...{ refused, unreachable: UNREACHABLE, wide: WIDE },
      });
    };
    const right: Verdict = { tooMany: [], missing: [], tooWide: [], stale: [] };
    await waitFor(
      'the last watches to be recorded',
      async () => judge().tooMany.every((line) => !line.includes(': watch ')) || undefined,
      { timeoutMs: 10_000 },
    ).catch(() => undefined); // the comparison tells which are missing
    expect(judge()).toEqual(right);
  });
});
