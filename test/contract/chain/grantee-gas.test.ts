/**
 * What a hot key pays for: the same market walk signed by the provider's own key and by a grantee, through the application in
 * process. The gas rows must cover both, and the bid must come out as the real node measured it.
 */
import { describe, expect, it } from '@jest/globals';
import { generateCertificate } from '../../../chain/certificate.js';
import type { ChainMessage } from '../../../chain/ports.js';
import { GRANTABLE } from '../../../chain/ports.js';
import { recordedTx } from '../../../chain/testing/recordings.js';
import { encodeExec } from '../../../chain/tx/exec.js';
import { GasBook } from '../../../chain/tx/gas-book.js';
import { GRANTEE_TABLE, TABLE, UNORDERED_GAS } from '../../../chain/tx/gas.js';
import { encodeMessage } from '../../../chain/tx/messages.js';
import type { TxOutcome } from '../../../devnet/kernel/run-tx.js';
import { fromNanos, toNanos } from '../../../devnet/kernel/time.js';
import { TestChain } from '../../../devnet/testing/test-chain.js';
import { bidIdOf } from '../../../market/ids.js';
import { Decimal } from '../../../market/money.js';
import { aGroup, providerAttributes } from './a-group.js';

const PROVIDER = 0;
const TENANT = 1;
const HOT = 2;

/** One account's transactions, unordered as the lane sends them. */
class Walk {
  readonly chain = new TestChain();
  readonly provider = this.chain.key(PROVIDER).address;
  readonly tenant = this.chain.key(TENANT).address;
  readonly hot = this.chain.key(HOT).address;
  #nonce = 0n;

  send(key: number, messages: readonly ChainMessage[]): TxOutcome {
    return this.#deliver(key, messages.map(encodeMessage));
  }

  exec(message: ChainMessage): TxOutcome {
    return this.#deliver(HOT, [encodeExec(this.hot, [encodeMessage(message)])], this.provider);
  }

  #deliver(
    key: number,
    messages: readonly { readonly typeUrl: string; readonly value: Uint8Array }[],
    granter = '',
  ): TxOutcome {
    this.#nonce += 1n;
    const timeoutTimestamp = fromNanos(toNanos(this.chain.time) + 60_000_000_000n + this.#nonce);
    const body = { messages, unordered: true, timeoutTimestamp };
    return this.chain.deliver(this.chain.sign(key, { ...body, gas: 1_000_000n, granter }));
  }
}

const expiresAtSeconds = 1_830_000_000;

const grants = ({ provider, hot }: Walk): readonly ChainMessage[] => [
  ...GRANTABLE.map((message): ChainMessage => ({
    ...{ type: 'grant', granter: provider, grantee: hot, message, expiresAtSeconds },
  })),
  {
    ...{ type: 'grant-fees', granter: provider, grantee: hot },
    terms: { limitUakt: 5_000_000n, expiresAtSeconds },
  },
];

type Used = Partial<Record<ChainMessage['type'], bigint>>;

/** Gas used by each of the provider's messages, one to a transaction. @throws when one fails */
const walk = async (granted: boolean): Promise<Used> => {
  const on = new Walk();
  const used: Used = {};
  const good = (outcome: TxOutcome): bigint => {
    expect(outcome.log).toBe('');
    return outcome.gasUsed;
  };
  if (granted) good(on.send(PROVIDER, grants(on)));
  const provide = (message: ChainMessage): void => {
    const outcome = granted ? on.exec(message) : on.send(PROVIDER, [message]);
    used[message.type] = good(outcome);
  };
  const record = {
    owner: on.provider,
    hostUri: 'https://provider.example:8443',
    attributes: providerAttributes,
    info: { email: 'ops@provider.example', website: '' },
  };
  // A key's first transaction also stores the key.
  for (const key of [PROVIDER, HOT]) {
    const to = on.tenant;
    const amount = [{ denom: 'uakt', amount: 1n }];
    good(on.send(key, [{ type: 'send', from: on.chain.key(key).address, to, amount }]));
  }
  provide({ type: 'create-provider', provider: record });
  provide({ type: 'update-provider', provider: { ...record, hostUri: 'https://other.example' } });
  const now = Number(on.chain.time.seconds) * 1000;
  const pems = await generateCertificate({
    ...{ address: on.provider, hosts: ['provider.example'], serial: 1_795_424_451_420_082_160n },
    ...{ notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 86_400_000) },
  });
  provide({ type: 'create-certificate', owner: on.provider, ...pems });
  provide({ type: 'revoke-certificate', owner: on.provider, serial: '1795424451420082160' });
  const lease = (dseq: bigint) => {
    good(
      on.send(TENANT, [
        {
          type: 'create-deployment',
          id: { owner: on.tenant, dseq },
          groups: [aGroup()],
          hash: new Uint8Array(32).fill(7),
          deposit: { denom: 'uact', amount: 5_000_000n },
        },
      ]),
    );
    const order = { owner: on.tenant, dseq, gseq: 1, oseq: 1 };
    const id = bidIdOf(order, on.provider);
    provide({
      ...{ type: 'create-bid', id, price: { denom: 'uact', amount: new Decimal('1') } },
      deposit: { denom: 'uakt', amount: 500_000n },
      resourcesOffer: [],
    });
    good(on.send(TENANT, [{ type: 'create-lease', id }]));
    return id;
  };
  const first = lease(7n);
  on.chain.block([]);
  provide({ type: 'withdraw-lease', id: first });
  provide({ type: 'burn-act', owner: on.provider, amountUact: 50_000_000n });
  provide({ type: 'close-bid', id: lease(8n), reason: 'unstable' });
  return used;
};

describe('gas of a grantee', () => {
  it('is covered by its own rows, not by twice as much, and like the recording', async () => {
    const [plain, exec] = [await walk(false), await walk(true)];
    if (process.env['BERTH_SHOW_GAS'] !== undefined) {
      const rows = Object.entries(exec).map(([type, gas]) => {
        const own = plain[type as ChainMessage['type']] ?? 0n;
        return `${type}: ${own} plain, ${gas} granted, ${gas - own} more`;
      });
      process.stderr.write(`${rows.join('\n')}\n`);
    }
    for (const [type, gas] of Object.entries(exec)) {
      const row = GRANTEE_TABLE[type as ChainMessage['type']];
      const sized = [{ type: type as ChainMessage['type'], bytes: row.bytes }];
      const limit = new GasBook(GRANTEE_TABLE).limitFor(sized);
      expect({ type, covered: limit > gas }).toEqual({ type, covered: true });
      const margin = limit - new GasBook(TABLE).limitFor(sized);
      const more = gas - (plain[type as ChainMessage['type']] ?? 0n);
      expect({ type, more, close: more <= margin && margin < 3n * more }).toEqual({
        ...{ type, more, close: true },
      });
    }
    const measured = BigInt(recordedTx('authz-exec-bid').result.tx_result.gas_used);
    const bid = exec['create-bid'] ?? 0n;
    expect(bid * 100n).toBeGreaterThan(measured * 85n);
    expect(bid * 100n).toBeLessThan(measured * 115n);
    expect(GRANTEE_TABLE['create-bid'].gas + UNORDERED_GAS).toBeGreaterThanOrEqual(measured);
  });
});
