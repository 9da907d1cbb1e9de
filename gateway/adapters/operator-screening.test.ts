import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { groupSpecSchema } from '../../market/group-spec-json.js';
import { Decimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { listen } from '../listening.js';
import { isProblem } from '../problem.js';
import type { Problem } from '../problem.js';
import { createOperatorScreening, noScreening } from './operator-screening.js';

const GROUP: GroupSpec = {
  name: 'dc',
  requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 1000n, attributes: [] },
        memory: { quantityBytes: 2n ** 30n, attributes: [] },
        storage: [],
        gpu: { units: 0n, attributes: [] },
        endpoints: [],
      },
      count: 1,
      price: { denom: 'uact', amount: new Decimal('100') },
    },
  ],
};
const QUESTION = { group: GROUP, owner: 'akash1x', hostnames: ['a.b'] };
const RESOURCES = {
  id: 1,
  cpu: { milliCpu: '1000', attributes: [] },
  memory: { quantityBytes: '1073741824', attributes: [] },
  storage: [],
  gpu: { units: '0', attributes: [] },
  endpoints: [],
};
const BID = {
  explanations: [
    {
      order: 'akash1x/0/1/1',
      result: 'bid',
      reasons: [],
      quote: { price: { denom: 'uact', amount: '12.5' }, policy: 'p' },
      offer: [{ resources: RESOURCES, count: 1 }],
    },
  ],
};
const NOT_LEADING = { error: { code: 'NotLeading', message: 'another replica leads' } };

interface Seen {
  readonly at: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}
type Behaviour = (request: IncomingMessage) => readonly [number, unknown] | 'silence';

let dir: string;
let servers: Server[];
let seen: Seen[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'berth-screening-'));
  writeFileSync(join(dir, 'token'), 'first\n');
  servers = [];
  seen = [];
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(dir, { recursive: true, force: true });
});

/** Replicas of the operator at 127.0.0.1, 127.0.0.2, … on one port, behind one name. */
const operator = async (...behaviours: readonly Behaviour[]) => {
  let port = 0;
  for (const [i, behave] of behaviours.entries()) {
    const host = `127.0.0.${i + 1}`;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        seen.push({ at: host, authorization: request.headers.authorization, body });
        const answer = behave(request);
        if (answer === 'silence') return;
        response.writeHead(answer[0]);
        response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
      });
    });
    servers.push(server);
    port = await listen(server, { host, port });
  }
  return createOperatorScreening({
    url: `http://operator.example:${port}`,
    tokenFile: join(dir, 'token'),
    timeoutMs: 500,
    addressesOf: async () => behaviours.map((_, i) => `127.0.0.${i + 1}`),
  });
};

const never = new AbortController().signal;
const problemOf = async (answer: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await answer.catch((thrown: unknown) => thrown);
  if (isProblem(error)) return error;
  throw new Error('there was no problem', { cause: error });
};

describe("the operator's screening service", () => {
  it('is sent the group as its JSON, the owner and the hostnames, with the token', async () => {
    const desk = await operator(() => [200, BID]);
    await desk.screen(QUESTION, never);
    const [{ authorization, body } = {}] = seen;
    expect(authorization).toBe('Bearer first');
    const sent = body as { groups: unknown[]; owner: string; hostnames: string[] };
    expect(sent.groups.map((g) => groupSpecSchema.parse(g))).toEqual([GROUP]);
    expect([sent.owner, sent.hostnames]).toEqual(['akash1x', ['a.b']]);
  });

  it('gives price and offer of a bid, and the reasons of a skip', async () => {
    const reasons = [{ code: 'InsufficientGpus', message: 'none free', field: 'units.0' }];
    let reply: unknown = BID;
    const desk = await operator(() => [200, reply]);
    expect(await desk.screen(QUESTION, never)).toEqual({
      reasons: [],
      price: { denom: 'uact', amount: new Decimal('12.5') },
      offers: [{ resources: GROUP.units[0]?.resources, count: 1 }],
    });
    // An order that is refused has its price in the explanation all the same; it is none that we would bid.
    reply = {
      explanations: [{ ...BID.explanations[0], result: 'skip', reasons, offer: undefined }],
    };
    expect(await desk.screen(QUESTION, never)).toEqual({ reasons, price: undefined, offers: [] });
  });

  it('is asked at every address until the leader answers, and there first the next time', async () => {
    const desk = await operator(
      () => [503, NOT_LEADING],
      () => [200, BID],
    );
    await desk.screen(QUESTION, never);
    await desk.screen(QUESTION, never);
    expect(seen.map(({ at }) => at)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.2']);
  });

  it('is asked again where one address stands for all replicas', async () => {
    let asked = 0;
    const desk = await operator(() => ((asked += 1) < 3 ? [503, NOT_LEADING] : [200, BID]));
    expect(await desk.screen(QUESTION, never)).toMatchObject({ reasons: [] });
  });

  it('is asked with the token that the file has now', async () => {
    const desk = await operator(() => [200, BID]);
    await desk.screen(QUESTION, never);
    writeFileSync(join(dir, 'token'), 'second');
    await desk.screen(QUESTION, never);
    expect(seen.map((s) => s.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  const STALE = { error: { code: 'ChainStale', message: 'the last block is 30 s old' } };
  it.each<readonly [string, Behaviour, RegExp]>([
    ['nobody leads', () => [503, NOT_LEADING], /cannot answer now: NotLeading: another/],
    ['the leader cannot decide', () => [503, STALE], /cannot answer now: ChainStale: the last/],
    ['our token is wrong', () => [401, { error: { code: 'X', message: 'y' } }], /now: X: y/],
    ['the answer is no JSON', () => [200, '<html>'], /cannot be read/],
    ['the answer has another shape', () => [200, { explanations: [] }], /cannot be read/],
    ['the answer never ends', () => [200, 'x'.repeat(5_000_000)], /in time or cannot|be reached/],
    ['a proxy answers for it', () => [502, 'bad gateway'], /status 502/],
    ['it says nothing', () => 'silence', /in time or cannot/],
  ])('when %s is unavailable, and says why', async (_name, behaviour, message) => {
    const desk = await operator(behaviour);
    const problem = await problemOf(desk.screen(QUESTION, never));
    expect(problem.code).toBe('ScreeningUnavailable');
    expect(problem.message).toMatch(message);
    expect(problem.retryAfterSeconds).toBe(5);
  });

  it('that is not there is unavailable', async () => {
    const desk = createOperatorScreening({
      url: 'http://127.0.0.1:1',
      tokenFile: join(dir, 'token'),
      timeoutMs: 500,
    });
    expect((await problemOf(desk.screen(QUESTION, never))).message).toMatch(/cannot be reached/);
  });

  it('without its token file is unavailable, and the path is told to the log alone', async () => {
    const desk = createOperatorScreening({
      url: 'http://127.0.0.1:1',
      tokenFile: join(dir, 'none'),
      timeoutMs: 500,
    });
    const problem = await problemOf(desk.screen(QUESTION, never));
    expect(problem.message).not.toContain(dir);
    expect(String(problem.cause)).toContain(join(dir, 'none'));
  });

  it('that finds fault with the question lets the tenant know', async () => {
    const error = { code: 'ScreeningRequestInvalid', message: 'too long', field: 'hostnames.0' };
    const desk = await operator(() => [400, { error }]);
    const problem = await problemOf(desk.screen(QUESTION, never));
    expect([problem.code, problem.field]).toEqual(['MalformedRequest', 'hostnames.0']);
  });

  it('that nobody configured is not offered', async () => {
    expect((await problemOf(noScreening.screen(QUESTION, never))).code).toBe('ScreeningNotOffered');
  });
});
