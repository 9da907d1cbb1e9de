/**
 * Accounts every devnet begins with. THE MNEMONICS ARE PUBLIC AND WORTHLESS: they stand in a public repository, anyone
 * can spend what they hold, and they must never be used on any chain where a coin has value.
 */

/** An account of genesis. */
export interface DevnetAccount {
  readonly name: string;
  readonly address: string;
  /** BIP-39, derivation path m/44'/118'/0'/0/0. */
  readonly mnemonic: string;
  /** Whole smallest units, as decimal text. */
  readonly coins: readonly { readonly denom: 'uakt' | 'uact'; readonly amount: string }[];
}

const MILLION_AKT_AND_ACT = [
  { denom: 'uact', amount: '1000000000000' },
  { denom: 'uakt', amount: '1000000000000' },
] as const;

const account = (name: string, address: string, mnemonic: string): DevnetAccount => ({
  name,
  address,
  mnemonic,
  coins: MILLION_AKT_AND_ACT,
});

/** Faucet, two providers, two tenants, and an auditor. */
export const DEVNET_ACCOUNTS = {
  faucet: account(
    'faucet',
    'akash1c49nzwhanmuu29hr5dtf9rpdrj3xlkxej2uzk7',
    'year system lottery predict shallow tip blast tonight rule bachelor unfair police',
  ),
  provider: account(
    'provider',
    'akash13xj0mcl935mrfnq7quxawqhaqp9p4ry3y952wj',
    'dwarf reduce junk traffic table mass era truly talent depart unfair used',
  ),
  otherProvider: account(
    'otherProvider',
    'akash1cau5nruy5c67ty35eguujlgg2y6cphzfajqxyl',
    'cream humble circle tired state vacuum prosper cabbage guilt melt eager present',
  ),
  tenant: account(
    'tenant',
    'akash163xcsyu9pygc3qnwesmysmj03ut8py2lfnppee',
    'century enjoy require edit subway load wait airport robot evil account rookie',
  ),
  otherTenant: account(
    'otherTenant',
    'akash1mazvs6uhvfpfzv6y8amahal276rzlt24dkr86f',
    'olive poet kiwi around hair rescue crew toy distance harbor vocal huge',
  ),
  auditor: account(
    'auditor',
    'akash1eazktk4ntgwrp5ccrr25pm4fg9rsppn000w6yz',
    'sister plate champion flush month act pattern clown suffer wrist adjust car',
  ),
} as const satisfies Readonly<Record<string, DevnetAccount>>;
