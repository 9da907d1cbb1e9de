/** The deployment module: its messages and queries. */
import {
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgCreateDeployment,
  MsgPauseGroup,
  MsgStartGroup,
  MsgUpdateDeployment,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { GroupId } from '../../market/ids.js';
import { validateDeploymentId, validateGroupId } from '../akash/address.js';
import { deploymentIdFrom, groupIdFrom } from '../akash/ids.js';
import { decodeMessage, message, type Decoder } from '../akash/message.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { DepositGrants } from '../escrow/ports.js';
import type { Context, MessageHandler, Module } from '../kernel/module.js';
import type { MarketKeeper } from '../market/keeper.js';
import { create, validateCreate, validateHash, type CreateDeployment } from './create.js';
import { close, endGroup, pause, start, update } from './handlers.js';
import { initDeploymentParams } from './params.js';
import { deploymentQueries } from './queries.js';
import { decodeReclamation } from './records.js';

/** Close, pause and start differ only in what they do. */
const groupMessage = (
  codec: Decoder<MsgCloseGroup>,
  run: (context: Context, id: GroupId) => void,
): MessageHandler<MsgCloseGroup> =>
  message({
    codec,
    signer: ({ id }) => id?.owner ?? '',
    validate: ({ id }) => validateGroupId(id),
    run: (context, { id }) => {
      run(context, groupIdFrom(id));
      return undefined;
    },
  });

/** Genesis state: `{ params: { min_deposits } }`. */
export const createDeploymentModule = (
  market: MarketKeeper,
  escrow: EscrowKeeper,
  grants: DepositGrants,
): Module => {
  const createHandler: MessageHandler<CreateDeployment> = {
    decode: (bytes) => ({
      ...decodeMessage(MsgCreateDeployment, bytes),
      minWindow: decodeReclamation(bytes),
    }),
    signers: ({ id }) => [id?.owner ?? ''],
    validateBasic: validateCreate,
    run: (context, created) => {
      create(context, created, market, escrow, grants);
      return new Uint8Array();
    },
  };
  return {
    name: 'deployment',
    messages: {
      '/akash.deployment.v1beta4.MsgCreateDeployment': createHandler,
      '/akash.deployment.v1beta4.MsgUpdateDeployment': message({
        codec: MsgUpdateDeployment,
        signer: ({ id }) => id?.owner ?? '',
        validate: ({ id, hash }) => {
          validateDeploymentId(id);
          validateHash(hash);
        },
        run: (context, { id, hash }) => {
          update(context, deploymentIdFrom(id), hash);
          return undefined;
        },
      }),
      '/akash.deployment.v1beta4.MsgCloseDeployment': message({
        codec: MsgCloseDeployment,
        signer: ({ id }) => id?.owner ?? '',
        validate: ({ id }) => validateDeploymentId(id),
        run: (context, { id }) => {
          close(context, deploymentIdFrom(id), escrow);
          return undefined;
        },
      }),
      '/akash.deployment.v1beta4.MsgCloseGroup': groupMessage(MsgCloseGroup, (context, id) =>
        endGroup(context, id, market),
      ),
      '/akash.deployment.v1beta4.MsgPauseGroup': groupMessage(MsgPauseGroup, (context, id) =>
        pause(context, id, market),
      ),
      '/akash.deployment.v1beta4.MsgStartGroup': groupMessage(MsgStartGroup, (context, id) =>
        start(context, id, market),
      ),
    },
    queries: deploymentQueries,
    initGenesis: initDeploymentParams,
  };
};
