import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import type { Proven } from '../ports.js';
import { ScriptedError, ScriptedRpc } from '../testing/scripted-rpc.js';

/** Endpoints a, b and c of one chain of five blocks; each test spoils what it likes before the first look. */
let nodes: readonly ScriptedRpc[];
let client: ChainClient | undefined;

beforeEach(async () => {
  nodes = await Promise.all([ScriptedRpc.start(), ScriptedRpc.start(), ScriptedRpc.start()]);
  for (const node of nodes) for (let i = 0; i < 5; i += 1) node.addBlock();
});
afterEach(async () => {
  client?.close();
  await Promise.all(nodes.map((node) => node.stop()));
});

const at = (i: number): ScriptedRpc => {
  const node = nodes[i];
  if (node === undefined) throw new Error(`no node ${i}`);
  return node;
};
const host = (i: number): string => new URL(at(i).url).host;

/** Connects to the named nodes, `*` marking a trusted one, and asks all it may for the chain's name. */
const prove = async (names: string, atLeast = 5n): Promise<Proven<string>> => {
  client = connectChain({
    endpoints: names.split(' ').map((name) => ({
      url: at('abc'.indexOf(name.replace('*', ''))).url,
      trusted: name.startsWith('*'),
    })),
    requestTimeoutMs: 400,
  });
  return client.proof.read(
    async (reader) => (await reader.head()).chainId,
    (chainId) => chainId,
    atLeast,
  );
};
const fork = (node: ScriptedRpc): void => {
  node.appHash = 'CD'.repeat(32);
  node.blocks.splice(0);
  for (let i = 0; i < 5; i += 1) node.addBlock();
};
const verdict = (proof: Proven<string>): string =>
  proof.proven ? proof.by.join(' ') : proof.reason.code;
const codes = (): readonly string[] => client?.endpoints().map((e) => e.code) ?? [];

describe('proof for what destroys', () => {
  it('one trusted endpoint is enough', async () => {
    expect(verdict(await prove('*a'))).toBe(host(0));
    expect(client?.proof.obstacle()).toBeUndefined();
  });

  it('two strangers that agree are enough', async () => {
    expect(verdict(await prove('a b'))).toBe(`${host(0)} ${host(1)}`);
  });

  it('one stranger is not, and the reason names it', async () => {
    const proof = await prove('a');
    expect(verdict(proof)).toBe('NoSecondOpinion');
    expect(proof.proven ? '' : proof.reason.message).toContain(host(0));
    expect(client?.proof.obstacle()?.code).toBe('NoSecondOpinion');
  });

  it('the same endpoint twice is one', async () => {
    expect(verdict(await prove('a a'))).toBe('NoSecondOpinion');
  });

  it('two strangers with different blocks prove nothing, and both go on serving', async () => {
    fork(at(1));
    expect(verdict(await prove('a b'))).toBe('EndpointsDisagree');
    expect(codes()).toEqual(['Disputed', 'Disputed']);
    await expect(client?.reader.head()).resolves.toMatchObject({ height: 5n });
  });

  it('of three the one that differs is left out', async () => {
    fork(at(0));
    expect(verdict(await prove('a b c'))).toBe(`${host(1)} ${host(2)}`);
    expect(codes()).toEqual(['HeaderDiffers', 'Healthy', 'Healthy']);
    const before = at(0).count('abci_info');
    await client?.reader.head();
    expect(at(0).count('abci_info')).toBe(before);
  });

  it('a trusted one decides against a stranger', async () => {
    fork(at(0));
    expect(verdict(await prove('a *b'))).toBe(host(1));
    expect(codes()).toEqual(['HeaderDiffers', 'Healthy']);
  });

  it('transactions that do not hash to the header give their endpoint away, even alone', async () => {
    at(0).forging = true;
    expect(verdict(await prove('*a'))).toBe('ChainUnavailable');
    expect(codes()).toEqual(['BlockForged']);
    at(0).forging = false;
    expect(verdict(await prove('*a'))).toBe(host(0));
  });

  it('one that answers the question differently proves nothing', async () => {
    await prove('a b');
    at(1).addBlock();
    const proof = await client?.proof.read(
      async (reader) => (await reader.head()).height,
      (height) => `height ${height}`,
      5n,
    );
    expect(proof?.proven === false ? proof.reason.code : 'proven').toBe('EndpointsDisagree');
  });

  it('one that stays behind proves nothing', async () => {
    for (const node of nodes)
      node.handlers.set('abci_info', () => ({ response: { last_block_height: '4' } }));
    expect(verdict(await prove('a b'))).toBe('ChainLagging');
  });

  it('one that stops answering proves nothing, and nothing is thrown', async () => {
    await prove('a b');
    at(1).handlers.set('abci_info', () => new ScriptedError('not now'));
    const proof = await client?.proof.read(
      async (reader) => (await reader.head()).chainId,
      (id) => id,
      5n,
    );
    expect(proof?.proven === false ? proof.reason.code : 'proven').toBe('ChainUnavailable');
  });
});
