import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../../chain/client.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import type { TxLane } from '../../../chain/ports.js';
import { Decimal } from '../../../market/money.js';
import { startChain } from '../../peers/chain.js';
import type { ChainRole } from '../../peers/chain.js';
import { describeChain } from './chain-contract.js';

const isRealNode = (process.env['AKASH_NODE'] ?? '') !== '';

describeChain(
  isRealNode ? 'the node of AKASH_NODE keeps the contract' : 'the devnet keeps the contract',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'berth-chain-contract-'));
    const chain = await startChain({ dir: join(dir, 'chain') });
    const client = connectChain({
      endpoints: [chain.rpcUrl],
      chainId: chain.chainId,
      feed: { pollMs: 100 },
    });
    const laneOf = async (role: ChainRole): Promise<TxLane> =>
      client.laneFor(await signerFromMnemonic(chain.account(role).mnemonic), {
        gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
        pollMs: 50,
      });
    return {
      reader: client.reader,
      feed: client.feed,
      provider: await laneOf('provider'),
      rival: await laneOf('otherProvider'),
      tenant: await laneOf('tenant'),
      stranger: 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u',
      stop: async () => {
        client.close();
        await chain.stop();
        await rm(dir, { recursive: true });
      },
    };
  },
  // A block of a public chain takes six seconds.
  isRealNode ? 60_000 : 10_000,
);
