/** genesis.json of a devnet: one validator, and a section of app state for every module that has one. */
import type { DevnetAccount } from '../accounts.js';

export interface GenesisOptions {
  readonly chainId: string;
  /** RFC 3339. */
  readonly genesisTime: string;
  readonly validator: { readonly address: string; readonly publicKey: string };
  readonly accounts: readonly DevnetAccount[];
  readonly unordered: boolean;
  /** Module sections that replace or add to the defaults, for example `{ market: { params: { order_max_bids: 2 } } }`. */
  readonly sections: Readonly<Record<string, unknown>>;
}

/** Limits of the real chain's genesis. */
const CONSENSUS_PARAMS = {
  block: { max_bytes: '22020096', max_gas: '-1' },
  evidence: {
    max_age_num_blocks: '100000',
    max_age_duration: '172800000000000',
    max_bytes: '1048576',
  },
  validator: { pub_key_types: ['ed25519'] },
  version: {},
  abci: {},
};

export const genesisJson = (options: GenesisOptions): string =>
  JSON.stringify({
    genesis_time: options.genesisTime,
    chain_id: options.chainId,
    initial_height: '1',
    consensus_params: CONSENSUS_PARAMS,
    validators: [
      {
        address: options.validator.address,
        pub_key: { type: 'tendermint/PubKeyEd25519', value: options.validator.publicKey },
        power: '10',
        name: 'devnet',
      },
    ],
    app_hash: '',
    app_state: {
      auth: { unordered: options.unordered },
      bank: {
        balances: options.accounts.map(({ address, coins }) => ({ address, coins })),
      },
      ...options.sections,
    },
  });
