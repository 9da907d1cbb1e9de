/** The devnet as CosmJS sees it: the client that `chain/` builds on works unchanged. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { GasPrice, SigningStargateClient } from '@cosmjs/stargate';
import { DEVNET_ACCOUNTS } from '../../../devnet/accounts.js';
import { afterTests } from '../../after-tests.js';
import { BLOCK_TIME_MS, DevnetHarness, rpc } from './harness.js';

jest.setTimeout(60_000);

/** What CosmJS multiplies a simulation with when it is asked for `auto`. */
const COSMJS_GAS_MULTIPLIER = 1.4;

describe('CosmJS on the devnet', () => {
  let harness: DevnetHarness;
  let client: SigningStargateClient;
  const { faucet, tenant } = DEVNET_ACCOUNTS;
  const atEnd = afterTests();
  beforeAll(async () => {
    harness = await DevnetHarness.start();
    atEnd(() => harness.end());
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(faucet.mnemonic, { prefix: 'akash' });
    client = await SigningStargateClient.connectWithSigner(harness.devnet.rpcUrl, wallet, {
      gasPrice: GasPrice.fromString('0.025uakt'),
      broadcastPollIntervalMs: 50,
    });
    atEnd(() => {
      client.disconnect();
    });
  });

  it('derives the accounts that genesis funded', async () => {
    for (const { mnemonic, address } of Object.values(DEVNET_ACCOUNTS)) {
      const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'akash' });
      expect((await wallet.getAccounts())[0]?.address).toBe(address);
    }
  });

  it('simulates, signs, sends and reads balances', async () => {
    const before = BigInt((await client.getBalance(tenant.address, 'uakt')).amount);
    const result = await client.sendTokens(
      faucet.address,
      tenant.address,
      [{ denom: 'uakt', amount: '5' }],
      'auto',
    );
    expect(result.code).toBe(0);
    expect(BigInt((await client.getBalance(tenant.address, 'uakt')).amount)).toBe(before + 5n);
    expect((await client.getAllBalances(tenant.address)).map(({ denom }) => denom)).toEqual([
      'uact',
      'uakt',
    ]);
  });

  it('simulates less than is used, because CosmJS simulates without a fee, yet within its own margin', async () => {
    const message = {
      typeUrl: '/cosmos.bank.v1beta1.MsgSend',
      value: {
        fromAddress: faucet.address,
        toAddress: tenant.address,
        amount: [{ denom: 'uakt', amount: '1' }],
      },
    };
    const simulated = await client.simulate(faucet.address, [message], '');
    const { gasUsed, code } = await client.signAndBroadcast(faucet.address, [message], 'auto');
    expect(code).toBe(0);
    const margin = Number(gasUsed) / simulated;
    expect(margin).toBeGreaterThan(1);
    expect(margin).toBeLessThan(COSMJS_GAS_MULTIPLIER);
  });

  it('knows accounts, and tells an unknown one from a failure', async () => {
    expect((await client.getAccount(faucet.address))?.pubkey).not.toBeNull();
    expect(await client.getAccount('akash1z2une2l5n0l0pzalc0e8p7uqtu033n2pmhu9j3')).toBeNull();
    expect(await client.getChainId()).toBe(harness.devnet.chainId);
  });

  it(`makes a block every ${BLOCK_TIME_MS} ms (fidelity 14)`, async () => {
    const start = await harness.height();
    await harness.reach(start + 11n);
    const timeAt = async (height: bigint): Promise<number> => {
      const { header } = await rpc<{ header: { time: string } }>(harness.devnet.rpcUrl, 'header', {
        height: height.toString(),
      });
      return Date.parse(header.time);
    };
    const mean = ((await timeAt(start + 11n)) - (await timeAt(start + 1n))) / 10;
    expect(mean).toBeGreaterThan(BLOCK_TIME_MS * 0.9);
    expect(mean).toBeLessThan(BLOCK_TIME_MS * 1.5);
  });
});
