/** Which escrow accounts a transaction pays into: the chain tells of deposits by no event that names the account. */
import { Account, Scope } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { parseDeploymentId } from '../../market/ids.js';
import type { DeploymentId } from '../../market/ids.js';
import { bytesFields } from '../wire/fields.js';
import { messagesIn } from './tx-messages.js';

const DEPOSIT = '/akash.escrow.v1.MsgAccountDeposit';

/** Never throws: what cannot be read is left out. @param tx an encoded cosmos.tx.v1beta1.TxRaw */
export const escrowDeposits = (tx: Uint8Array): readonly DeploymentId[] => {
  const found: DeploymentId[] = [];
  try {
    for (const { typeUrl, value } of messagesIn(tx)) {
      if (typeUrl !== DEPOSIT) continue;
      // signer = 1, id = 2, deposit = 3
      for (const id of bytesFields(value, 2)) {
        const { scope, xid } = Account.decode(id);
        if (scope === Scope.deployment) found.push(parseDeploymentId(xid));
      }
    }
  } catch {
    // Malformed bytes, for which the codecs have errors of several kinds: the account is read again in time all the same.
  }
  return found;
};
