/** The deployment module's queries. */
import {
  QueryDeploymentRequest,
  QueryDeploymentsRequest,
  QueryGroupRequest,
  QueryParamsRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { isAddress } from '../akash/address.js';
import { deploymentIdFrom, groupIdFrom } from '../akash/ids.js';
import { query } from '../akash/message.js';
import { concatFields } from '../akash/proto-fields.js';
import { queryRefusal } from '../akash/registered-error.js';
import { ESCROW_ERRORS } from '../escrow/errors.js';
import { accountAnswer } from '../escrow/records.js';
import { findAccount } from '../escrow/store.js';
import { queryInvalid } from '../kernel/errors.js';
import type { Context, QueryHandler } from '../kernel/module.js';
import { deploymentAccountId } from '../market/escrow-ids.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';
import { DEPLOYMENTS, getDeployment, getGroup, getGroups } from './keeper.js';
import { encodeDeploymentParams, getMinDeposits } from './params.js';
import { decodeDeployment, encodeDeployment, encodeGroup } from './records.js';

/** `QueryDeploymentResponse { deployment = 1, groups = 2, escrow_account = 3 }` */
const answer = (context: Context, bytes: Uint8Array): Uint8Array => {
  const { id } = decodeDeployment(bytes);
  const account = findAccount(context, deploymentAccountId(id));
  if (account === undefined) throw queryRefusal(ESCROW_ERRORS.accountNotFound);
  return concatFields([
    [1, bytes],
    ...getGroups(context, id).map((group) => [2, encodeGroup(group)] as const),
    [3, accountAnswer(account)],
  ]);
};

const requireOwner = (owner: string | undefined): void => {
  if (!isAddress(owner ?? '')) throw queryInvalid('invalid owner address');
};

/** Keyed by gRPC path. */
export const deploymentQueries: Readonly<Record<string, QueryHandler>> = {
  '/akash.deployment.v1beta4.Query/Deployments': query(
    QueryDeploymentsRequest,
    (context, { filters, pagination }) => {
      const page = DEPLOYMENTS.page(context, filters, pagination);
      return concatFields([
        ...page.entries.map((entry) => [1, answer(context, entry)] as const),
        [2, page.response],
      ]);
    },
  ),
  '/akash.deployment.v1beta4.Query/Deployment': query(QueryDeploymentRequest, (context, { id }) => {
    requireOwner(id?.owner);
    const deployment = getDeployment(context, deploymentIdFrom(id));
    if (deployment === undefined) throw queryRefusal(E.deploymentNotFound);
    return answer(context, encodeDeployment(deployment));
  }),
  '/akash.deployment.v1beta4.Query/Group': query(QueryGroupRequest, (context, { id }) => {
    requireOwner(id?.owner);
    const group = getGroup(context, groupIdFrom(id));
    if (group === undefined) throw queryRefusal(E.groupNotFound);
    return concatFields([[1, encodeGroup(group)]]);
  }),
  '/akash.deployment.v1beta4.Query/Params': query(QueryParamsRequest, (context) =>
    concatFields([[1, encodeDeploymentParams(getMinDeposits(context))]]),
  ),
};
