/**
 * Fault drills: each breaks something between Berth and its chain on real processes, heals it, and counts from the chain's
 * own blocks: orders missed, duplicate bids, wrongful closes, time to the next bid. docs/drills.md tells them one by one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { afterTests } from '../after-tests.js';
import { endpointFaults } from './endpoint-faults.js';
import type { Drill } from './drill.js';
import { greedyTenant } from './greedy-tenant.js';
import { acceptSeen, closeRace } from './close-race.js';
import { kills } from './kills.js';
import { lyingNode } from './lying-node.js';
import { nodeFaults } from './node-faults.js';
import { socketFaults } from './socket-faults.js';
import { formatTable } from './figures.js';
import type { Figures } from './figures.js';
import { Trial } from './trial.js';
import { startWorld } from './world.js';
import type { World } from './world.js';

jest.setTimeout(240_000);

const DRILLS: readonly Drill[] = [
  ...endpointFaults,
  ...socketFaults,
  ...nodeFaults,
  ...kills,
  ...lyingNode,
  ...greedyTenant,
  closeRace,
  acceptSeen,
];

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

let dir: string;
let world: World;
const table: Figures[] = [];
const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-drills-'));
  atEnd(() => {
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
    else say(`kept: ${dir}`);
  });
  world = await startWorld(dir, say);
  atEnd(() => world.stop());
  atEnd(() => {
    process.stdout.write(`\n${formatTable(table)}\n`);
  });
});

describe('nothing is missed, doubled or wrongfully closed through', () => {
  it.each(DRILLS.map((drill) => [drill.name, drill] as const))('%s', async (name, drill) => {
    const trial = await Trial.begin(world, name);
    try {
      await drill.run(trial);
    } catch (error) {
      // The next drill begins on a clean slate all the same.
      await world.heal();
      await trial.clear();
      throw error;
    }
    const figures = await trial.end();
    table.push(figures);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(figures).toMatchObject({ missed: 0, duplicateBids: 0, wrongfulCloses: 0 });
  });
});
