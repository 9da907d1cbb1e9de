/** The verbs `provider keys …`: a hot key that acts for a provider whose own key stays cold. */
import type { Command } from 'commander';
import { GRANTABLE } from '../../../chain/ports.js';
import type { Grantable, Signer } from '../../../chain/ports.js';
import { isAddress } from '../../../chain/wallet.js';
import { misused } from '../../failure.js';
import { readText } from '../../input.js';
import { newKey } from '../../provider/keys/new.js';
import { signFile, submitFile } from '../../provider/keys/offline.js';
import { DEFAULT_MESSAGES, planGrants, planRevocation } from '../../provider/keys/plan.js';
import type { GrantTerms, Pair } from '../../provider/keys/plan.js';
import { send } from '../../provider/keys/send.js';
import type { Sending } from '../../provider/keys/send.js';
import { showKeys } from '../../provider/keys/show.js';
import type { Wire, Wiring } from '../../wiring.js';

const DAY_SECONDS = 86_400;
const TX_PATIENCE_MS = 120_000;

interface Accounts {
  readonly grantee: string;
  /** The provider's account where its key is not here. */
  readonly provider?: string;
}

interface Asked extends Accounts {
  readonly unsigned?: string;
}

const addressOf = (text: string, field: string): string => {
  if (isAddress(text)) return text;
  throw misused('AddressInvalid', `--${field} must be an akash1… address, got "${text}"`, {
    field,
  });
};

const numberOf = (text: string, field: string, max = Number.MAX_SAFE_INTEGER): number => {
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value > 0 && value <= max) return value;
  throw misused(
    'NumberInvalid',
    `--${field} must be a whole number from 1 to ${max}, got "${text}"`,
    { field },
  );
};

const messagesOf = (text: string | undefined): readonly Grantable[] => {
  if (text === undefined) return DEFAULT_MESSAGES;
  return text.split(',').map((name) => {
    const found = GRANTABLE.find((type) => type === name.trim());
    if (found !== undefined) return found;
    throw misused('MessageInvalid', `--messages takes ${GRANTABLE.join(', ')}; got "${name}"`, {
      field: 'messages',
    });
  });
};

/** Sends nothing by itself: only what was signed elsewhere goes through its lane. */
const NOBODY: Signer = {
  address: '',
  publicKey: new Uint8Array(),
  signBatch: () => Promise.reject(new Error('nothing is signed here')),
};

/** The cold key's account and, where the key is here, what signs with it. */
const coldOf = async (
  wiring: Wiring,
  { grantee, provider, unsigned }: Asked,
): Promise<{ readonly pair: Pair; readonly signer: Signer | undefined }> => {
  const hot = addressOf(grantee, 'grantee');
  const signer = unsigned === undefined ? await wiring.home.signer(wiring.globals.key) : undefined;
  const granter = provider ?? signer?.address;
  if (granter === undefined) {
    throw misused('OptionMissing', '--unsigned needs --provider, the account that is to sign', {
      field: 'provider',
    });
  }
  const pair = { granter: addressOf(granter, 'provider'), grantee: hot };
  if (signer !== undefined && signer.address !== pair.granter) {
    throw misused('KeyInvalid', `the key is ${signer.address}'s and not ${pair.granter}'s`, {
      field: 'key',
    });
  }
  return { pair, signer };
};

const sendWith = async (
  wiring: Wiring,
  asked: Asked,
  plan: (pair: Pair) => Promise<Sending['messages']>,
  what: string,
): Promise<void> => {
  const { pair, signer } = await coldOf(wiring, asked);
  const ctx = wiring.chain();
  const { gasPrice, yes } = wiring.globals;
  await send(ctx, {
    ...{ from: pair.granter, gasPrice, yes, what, unsigned: asked.unsigned },
    messages: await plan(pair),
    lane: signer === undefined ? undefined : ctx.chain.laneFor(signer),
    patience: () => AbortSignal.timeout(TX_PATIENCE_MS),
  });
};

interface GrantOptions extends Asked {
  readonly days: string;
  readonly fees: string;
  readonly feesPerDay?: string;
  readonly ownFees?: boolean;
  readonly messages?: string;
}

const termsOf = (options: GrantOptions, nowMs: number): GrantTerms => ({
  messages: messagesOf(options.messages),
  expiresAtSeconds: Math.floor(nowMs / 1000) + numberOf(options.days, 'days', 3_650) * DAY_SECONDS,
  fees:
    options.ownFees === true
      ? undefined
      : {
          limitUakt: BigInt(numberOf(options.fees, 'fees')),
          period:
            options.feesPerDay === undefined
              ? undefined
              : {
                  seconds: DAY_SECONDS,
                  limitUakt: BigInt(numberOf(options.feesPerDay, 'fees-per-day')),
                },
        },
});

const addNew = (keys: Command, wire: Wire): void => {
  keys
    .command('new')
    .description('make the hot key')
    .requiredOption('--out <file>', 'the file to write, readable by you alone')
    .option('--passphrase-file <file>', 'encrypt the key in the age format')
    .option('--secret <name>', "write a Secret's manifest instead, for kubectl apply")
    .option('--namespace <name>', "the Secret's namespace", 'berth-signer')
    .action(
      async (
        o: {
          readonly out: string;
          readonly passphraseFile?: string;
          readonly secret?: string;
          readonly namespace: string;
        },
        command: Command,
      ) => {
        const wiring = wire(command.optsWithGlobals());
        const { passphraseFile: path, secret: name, namespace, out } = o;
        const text =
          path === undefined
            ? undefined
            : await readText(path, () => wiring.stdin(), 'passphrase-file');
        const passphrase = text?.replace(/\r?\n$/, '');
        const secret = name === undefined ? undefined : { name, namespace };
        await newKey(wiring.context(), { out, passphrase, secret }, (n) => wiring.random(n));
      },
    );
};

const GRANTEE = ['--grantee <address>', "the hot key's account"] as const;
const PROVIDER = [
  '--provider <address>',
  "the provider's account; with its key here, the key's",
] as const;
const UNSIGNED = [
  '--unsigned <file>',
  'write the transaction for signing elsewhere instead of signing it',
] as const;

const addGrant = (keys: Command, wire: Wire): void => {
  keys
    .command('grant')
    .description('let the hot key act for the provider; signed once by its own key')
    .requiredOption(...GRANTEE)
    .option(...PROVIDER)
    .option('--days <number>', 'how long', '90')
    .option('--messages <names>', 'what it may send, comma-separated; everything a provider sends')
    .option('--fees <uakt>', 'fees that the provider pays for it altogether', '50000000')
    .option('--fees-per-day <uakt>', 'and at most so much a day')
    .option('--own-fees', 'the hot key pays its own fees')
    .option(...UNSIGNED)
    .action(async (options: GrantOptions, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { reader } = wiring.chain().chain;
      const plan = async (pair: Pair) => {
        const [head, allowance] = await Promise.all([
          reader.head(),
          reader.feeAllowance(pair.granter, pair.grantee),
        ]);
        return planGrants(pair, termsOf(options, head.timeMs), allowance);
      };
      await sendWith(wiring, options, plan, 'granting');
    });
};

const addRevoke = (keys: Command, wire: Wire): void => {
  keys
    .command('revoke')
    .description('take back everything that the hot key was granted')
    .requiredOption(...GRANTEE)
    .option(...PROVIDER)
    .option(...UNSIGNED)
    .action(async (options: Asked, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { reader } = wiring.chain().chain;
      const plan = async (pair: Pair) => {
        const { granter, grantee } = pair;
        const grants = await reader.grants(granter, grantee);
        return planRevocation(pair, grants, await reader.feeAllowance(granter, grantee));
      };
      await sendWith(wiring, options, plan, 'revoking');
    });
};

const addShow = (keys: Command, wire: Wire): void => {
  keys
    .command('show')
    .description('print what the hot key may do, until when, and what is left of its fees')
    .requiredOption(...GRANTEE)
    .requiredOption('--provider <address>', "the provider's account")
    .action(async ({ grantee, provider = '' }: Accounts, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const pair = {
        granter: addressOf(provider, 'provider'),
        grantee: addressOf(grantee, 'grantee'),
      };
      await showKeys(wiring.chain(), pair);
    });
};

interface PlaceOptions {
  readonly chainId: string;
  readonly accountNumber: string;
  readonly sequence: string;
}

const addSign = (keys: Command, wire: Wire): void => {
  keys
    .command('sign <file>')
    .description('sign what grant or revoke wrote with --unsigned; asks no network')
    .requiredOption('--chain-id <name>', 'the chain to sign for')
    .requiredOption('--account-number <number>', "the account's number on chain")
    .requiredOption('--sequence <number>', "the account's next sequence")
    .action(async (file: string, options: PlaceOptions, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const whole = (text: string, field: string): bigint => {
        if (/^\d{1,20}$/.test(text)) return BigInt(text);
        throw misused('NumberInvalid', `--${field} must be a whole number, got "${text}"`, {
          field,
        });
      };
      const place = {
        chainId: options.chainId,
        accountNumber: whole(options.accountNumber, 'account-number'),
        sequence: whole(options.sequence, 'sequence'),
      };
      const text = await readText(file, () => wiring.stdin(), 'FILE');
      const signer = await wiring.home.signer(wiring.globals.key);
      await signFile(wiring.context(), signer, text, place, wiring.globals.yes);
    });
};

const addSubmit = (keys: Command, wire: Wire): void => {
  keys
    .command('submit <file>')
    .description(
      'send what was signed elsewhere: base64, as keys sign and akash tx encode print it',
    )
    .action(async (file: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const text = await readText(file, () => wiring.stdin(), 'FILE');
      const ctx = wiring.chain();
      const patience = AbortSignal.timeout(TX_PATIENCE_MS);
      await submitFile(ctx, ctx.chain.laneFor(NOBODY), text, patience);
    });
};

/** Adds them. */
export const addKeys = (provider: Command, wire: Wire): void => {
  const keys = provider
    .command('keys')
    .description("a hot key that acts for the provider, whose account's own key stays cold");
  for (const add of [addNew, addGrant, addShow, addRevoke, addSign, addSubmit]) add(keys, wire);
};
