/** The escrow module: topping up an account, and lists of accounts and payments. */
import {
  MsgAccountDeposit,
  QueryAccountsRequest,
  QueryPaymentsRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { PageRequest } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage, type Placed } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { refusal } from '../akash/registered-error.js';
import { queryInvalid, sdkError } from '../kernel/errors.js';
import type { Context, Module } from '../kernel/module.js';
import { GrantScope, authorizeDeposits, validateDeposit } from './deposits.js';
import { ESCROW_ERRORS as E } from './errors.js';
import type { EscrowKeeper } from './keeper.js';
import type { DepositGrants } from './ports.js';
import {
  Scope,
  State,
  accountAnswer,
  decodeAccount,
  decodePayment,
  paymentAnswer,
} from './records.js';
import { STATES, accountsIn, parseAccountPath, parsePaymentPath, paymentsIn } from './store.js';

const validate = ({ signer, id, deposit }: MsgAccountDeposit): void => {
  if (!isAddress(signer)) throw sdkError('invalidAddress', 'MsgAccountDeposit: invalid signer');
  if (id?.scope !== Scope.deployment && id?.scope !== Scope.bid) throw refusal(E.invalidId);
  if (!/^[^/]+\/\d+(\/\d+\/\d+\/[^/]+)?$/.test(id.xid)) throw refusal(E.invalidId);
  validateDeposit(deposit);
};

const STATE_NUMBERS: Readonly<Record<string, State | undefined>> = {
  open: State.open,
  closed: State.closed,
  overdrawn: State.overdrawn,
};

const wantedStates = (name: string): readonly State[] => {
  if (name === '') return STATES;
  const state = STATE_NUMBERS[name];
  if (state === undefined) throw queryInvalid('invalid state value');
  return [state];
};

/** What lists of accounts and of payments are asked alike; `xid` is a path such as `deployment/owner/dseq`. */
interface ListRequest {
  readonly state: string;
  readonly xid: string;
  readonly pagination: PageRequest | undefined;
}

const list = (
  context: Context,
  request: ListRequest,
  prefixOf: (state: State) => string,
  answer: (path: string, bytes: Uint8Array) => Uint8Array,
): Uint8Array => {
  const after = resumeAfter(request.pagination);
  const placed = function* (): Iterable<Placed<Uint8Array>> {
    for (const state of wantedStates(request.state)) {
      const base = prefixOf(state);
      if (after !== undefined && after >= `${base}~`) continue;
      const from = after?.startsWith(base) === true ? { after } : {};
      for (const [place, bytes] of context.store.iterate(base + request.xid, from)) {
        yield { place, entry: answer(place.slice(base.length), bytes) };
      }
    }
  };
  const page = takePage(placed(), request.pagination);
  return concatFields([...page.entries.map((entry) => [1, entry] as const), [2, page.response]]);
};

export const createEscrowModule = (escrow: EscrowKeeper, grants: DepositGrants): Module => ({
  name: 'escrow',
  messages: {
    '/akash.escrow.v1.MsgAccountDeposit': message({
      codec: MsgAccountDeposit,
      signer: ({ signer }) => signer,
      validate,
      run: (context, { signer, id, deposit }) => {
        const scope = id?.scope === Scope.bid ? GrantScope.bid : GrantScope.deployment;
        const deposits = authorizeDeposits(context, grants, signer, scope, deposit);
        escrow.deposit(
          context,
          { scope: id?.scope ?? Scope.invalid, xid: id?.xid ?? '' },
          deposits,
        );
        return undefined;
      },
    }),
  },
  queries: {
    '/akash.escrow.v1.Query/Accounts': query(QueryAccountsRequest, (context, request) =>
      list(context, request, accountsIn, (path, bytes) =>
        accountAnswer(decodeAccount(parseAccountPath(path), bytes)),
      ),
    ),
    '/akash.escrow.v1.Query/Payments': query(QueryPaymentsRequest, (context, request) =>
      list(context, request, paymentsIn, (path, bytes) =>
        paymentAnswer(decodePayment(parsePaymentPath(path), bytes)),
      ),
    ),
  },
});
