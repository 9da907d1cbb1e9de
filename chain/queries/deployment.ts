/** Queries of akash.deployment.v1beta4. */
import {
  DeploymentFilters,
  QueryDeploymentRequest,
  QueryDeploymentResponse,
  QueryDeploymentsRequest,
  QueryDeploymentsResponse,
  QueryGroupRequest,
  QueryGroupResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { DeploymentId, GroupId } from '../../market/ids.js';
import type { Deployment, DeploymentState, Group } from '../../market/records.js';
import { fromDeploymentId, fromGroupId } from '../decode/ids.js';
import { required } from '../decode/primitives.js';
import { toDeployment, toGroup } from '../decode/records.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

const PATH = '/akash.deployment.v1beta4.Query';

/** @throws ChainQueryError also when not found */
export const getDeployment = async (query: AbciQuery, id: DeploymentId): Promise<Deployment> => {
  const request = QueryDeploymentRequest.encode({ id: fromDeploymentId(id) }).finish();
  const { value } = await query(`${PATH}/Deployment`, request);
  return toDeployment(QueryDeploymentResponse.decode(value));
};

export const listDeployments =
  (query: AbciQuery, owner: string, state: DeploymentState): ReadListing<Deployment> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const filters = DeploymentFilters.fromPartial({ owner, state });
      const request = QueryDeploymentsRequest.encode({ filters, pagination }).finish();
      const answer = await query(`${PATH}/Deployments`, request, height);
      const response = QueryDeploymentsResponse.decode(answer.value);
      return {
        items: response.deployments.map(toDeployment),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);

/** @throws ChainQueryError also when not found */
export const getGroup = async (query: AbciQuery, id: GroupId): Promise<Group> => {
  const request = QueryGroupRequest.encode({ id: fromGroupId(id) }).finish();
  const { value } = await query(`${PATH}/Group`, request);
  return toGroup(required(QueryGroupResponse.decode(value).group, 'group'));
};
