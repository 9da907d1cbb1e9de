import { describe, expect, it } from '@jest/globals';
import { Comet38Client } from '@cosmjs/tendermint-rpc';
import type { JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import type { MarketEvent } from '../../market/events.js';
import { formatBidId, formatDeploymentId, formatGroupId, formatOrderId } from '../../market/ids.js';
import { recordedTxBytes, readRecording, recordingNames } from '../testing/recordings.js';
import type { RawEvent } from './attributes.js';
import { decodeBlockEvents } from './block-events.js';
import { decodeEvent } from './market-event.js';

const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';

/** One line per event, so that a whole block reads as a list. */
const line = (e: MarketEvent): string => {
  switch (e.type) {
    case 'deployment-created':
    case 'deployment-updated':
      return `${e.type} ${formatDeploymentId(e.id)} hash=${e.hash.length}`;
    case 'deployment-closed':
    case 'deployment-deposited':
      return `${e.type} ${formatDeploymentId(e.id)}`;
    case 'group-started':
    case 'group-paused':
    case 'group-closed':
      return `${e.type} ${formatGroupId(e.id)}`;
    case 'order-created':
    case 'order-closed':
      return `${e.type} ${formatOrderId(e.id)}`;
    case 'bid-created':
    case 'lease-created':
      return `${e.type} ${formatBidId(e.id)} ${e.price.amount.toString()}${e.price.denom}`;
    case 'bid-closed':
      return `${e.type} ${formatBidId(e.id)}`;
    case 'lease-closed':
      return `${e.type} ${formatBidId(e.id)} ${e.reason}`;
    case 'lease-reclaim-started':
      return `${e.type} ${formatBidId(e.id)} ${e.deadlineSeconds}`;
    case 'provider-created':
    case 'provider-updated':
      return `${e.type} ${e.owner}`;
  }
};

/** The recorded answer as CosmJS reads it, then as we do. */
const decodeRecording = async (name: string): Promise<readonly string[]> => {
  const answer = JSON.parse(readRecording(`${name}.block_results.json`)) as JsonRpcSuccessResponse;
  const comet = Comet38Client.create({
    execute: async () => answer,
    disconnect: () => undefined,
  });
  const { results, finalizeBlockEvents } = await comet.blockResults(1);
  const { events, faults } = decodeBlockEvents(
    { txs: results, blockEvents: finalizeBlockEvents },
    1n,
  );
  expect(faults).toEqual([]);
  return events.map(line);
};

const order = (dseq: number, oseq = 1): string => `${TENANT}/${dseq}/1/${oseq}`;
const bid = (dseq: number): string => `${order(dseq)}/${PROVIDER}`;

describe('market events of recorded blocks', () => {
  const want: Readonly<Record<string, readonly string[]>> = {
    'provider-create': [`provider-created ${PROVIDER}`],
    'cert-publish-server': [],
    'cert-publish-client': [],
    'deployment-create': [`deployment-created ${TENANT}/7 hash=32`, `order-created ${order(7)}`],
    'deployment-update': [`deployment-updated ${TENANT}/7 hash=32`],
    'deposit-deployment': [],
    'bid-create': [`bid-created ${bid(7)} 500uact`],
    'lease-create': [`lease-created ${bid(7)} 500uact`],
    'lease-withdraw': [],
    'lease-close': [
      `lease-closed ${bid(7)} lease_closed_owner`,
      `bid-closed ${bid(7)}`,
      `order-closed ${order(7)}`,
      `order-created ${order(7, 2)}`,
    ],
    'deployment-close': [
      `deployment-closed ${TENANT}/7`,
      `group-closed ${TENANT}/7/1`,
      `order-closed ${order(7, 2)}`,
    ],
    'oof-withdraw': [
      `deployment-closed ${TENANT}/15`,
      `group-closed ${TENANT}/15/1`,
      `order-closed ${order(15)}`,
      `bid-closed ${bid(15)}`,
      `lease-closed ${bid(15)} lease_closed_reason_insufficient_funds`,
    ],
    'pc-bid-close': [
      `group-paused ${TENANT}/28/1`,
      `lease-closed ${bid(28)} lease_closed_reason_unstable`,
      `bid-closed ${bid(28)}`,
      `order-closed ${order(28)}`,
    ],
  };

  it.each(Object.entries(want))('%s', async (name, lines) => {
    expect(await decodeRecording(name)).toEqual(lines);
  });

  it.each(recordingNames('.block_results.json'))('%s decodes without a fault', async (name) => {
    await expect(decodeRecording(name)).resolves.toBeDefined();
  });

  it('block-level events of a real node are none of the market', () => {
    const blocks = readRecording('finalize_block_akash_events.jsonl')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { readonly events: readonly RawEvent[] });
    expect(blocks.length).toBeGreaterThan(0);
    for (const { events } of blocks) {
      expect(decodeBlockEvents({ txs: [], blockEvents: events }, 1n)).toEqual({
        events: [],
        faults: [],
      });
    }
  });

  it.each(recordingNames('.json').filter((name) => name.startsWith('Event')))(
    'the single event %s decodes',
    (name) => {
      const { event } = JSON.parse(readRecording(`${name}.json`)) as { readonly event: RawEvent };
      expect(decodeEvent(event)).toBeDefined();
    },
  );
});

describe('what only the transactions of a block tell', () => {
  it('a new order comes with its group and with the escrow account that its block opened', async () => {
    const answer = JSON.parse(
      readRecording('deployment-create.block_results.json'),
    ) as JsonRpcSuccessResponse;
    const comet = Comet38Client.create({
      execute: async () => answer,
      disconnect: () => undefined,
    });
    const { results } = await comet.blockResults(1);
    const bytes = recordedTxBytes('deployment-create');
    const txs = results.map((result) => ({ ...result, bytes }));
    const { events } = decodeBlockEvents({ txs, blockEvents: [] }, 9n);
    const created = events.find((e) => e.type === 'order-created');
    expect(created).toMatchObject({
      order: { state: 'open', createdAt: 9n, spec: { units: [{ count: 1 }] } },
      escrow: { state: 'open', settledAt: 9n, funds: [{ denom: 'uact' }], transferred: [] },
    });
    expect(created?.escrow?.funds[0]?.amount.gt('0')).toBe(true);
    expect(created?.order).not.toHaveProperty('deposit');
  });

  it('a deposit names the deployment that it is for', () => {
    const bytes = recordedTxBytes('deposit-deployment');
    const { events } = decodeBlockEvents(
      { txs: [{ code: 0, events: [], bytes }], blockEvents: [] },
      1n,
    );
    expect(events.map(line)).toEqual([`deployment-deposited ${TENANT}/7`]);
  });
});

describe('events that are not as they should be', () => {
  const good: RawEvent = {
    type: 'akash.market.v1.EventOrderClosed',
    attributes: [{ key: 'id', value: `{"owner":"${TENANT}","dseq":"7","gseq":1,"oseq":1}` }],
  };
  const withId = (value: string): RawEvent => ({ ...good, attributes: [{ key: 'id', value }] });

  it.each([
    ['an attribute that is missing', { ...good, attributes: [] }, 'id: is missing'],
    ['text that is not JSON', withId('{'), 'id: cannot be read'],
    ['JSON of another kind', withId('[1]'), 'id: is not a JSON object'],
    ['a negative sequence', withId('{"owner":"x","dseq":"-7"}'), 'dseq: cannot be read'],
    ['a sequence above uint64', withId(`{"owner":"x","dseq":"${2n ** 64n}"}`), 'dseq'],
    ['a missing owner', withId('{"dseq":"7"}'), 'owner: is not a text'],
  ])('%s is a fault that names the field', (_name, event, want) => {
    const { events, faults } = decodeBlockEvents({ txs: [], blockEvents: [event, good] }, 1n);
    expect(faults.map((f) => f.message)).toEqual([expect.stringContaining(want)]);
    expect(events.map((e) => e.type)).toEqual(['order-closed']);
  });

  it('unknown types are ignored, also those named like object members', () => {
    for (const type of ['constructor', '__proto__', 'akash.market.v9.EventNew']) {
      expect(decodeEvent({ type, attributes: [] })).toBeUndefined();
    }
  });

  it('a failed transaction gives no event', () => {
    const bytes = recordedTxBytes('deposit-deployment');
    const { events } = decodeBlockEvents(
      { txs: [{ code: 5, events: [good], bytes }], blockEvents: [] },
      1n,
    );
    expect(events).toEqual([]);
  });

  it('market events at block level count as well', () => {
    const { events } = decodeBlockEvents(
      {
        txs: [],
        blockEvents: [
          {
            type: 'akash.market.v1.EventLeaseReclaimStarted',
            attributes: [
              { key: 'deadline', value: '"1795500000"' },
              {
                key: 'id',
                value: `{"owner":"${TENANT}","dseq":"7","gseq":1,"oseq":1,"provider":"${PROVIDER}","bseq":0}`,
              },
              { key: 'mode', value: 'EndBlock' },
              { key: 'reason', value: '"lease_closed_reason_decommission"' },
            ],
          },
        ],
      },
      1n,
    );
    expect(events.map(line)).toEqual([`lease-reclaim-started ${bid(7)} 1795500000`]);
  });
});

describe('a message that a grantee ran', () => {
  it('tells the same as one of its own, with one attribute more', () => {
    const answer = JSON.parse(readRecording('authz-exec-bid.tx.json')) as {
      readonly result: { readonly tx_result: { readonly events: readonly RawEvent[] } };
    };
    const event = answer.result.tx_result.events.find((e) => e.type.endsWith('EventBidCreated'));
    if (event === undefined) throw new Error('no bid was recorded');
    expect(event.attributes.map((a) => a.key)).toContain('authz_msg_index');
    const decoded = decodeEvent(event);
    expect(decoded === undefined ? '' : line(decoded)).toBe(
      'bid-created akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u/1795426670889000/1/1/akash1s4wrgsqshl6sp2sswpggsjdv7vxy3w44tlwufw 1uact',
    );
  });
});
