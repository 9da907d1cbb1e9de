import { describe, expect, it } from '@jest/globals';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { recordedTxBytes } from '../testing/recordings.js';
import { encodeTxBody } from '../tx/tx-body.js';
import type { EncodedMessage } from '../tx/tx-body.js';
import { bytesFields } from '../wire/fields.js';
import { createdGroups } from './created-groups.js';

const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const CREATE = '/akash.deployment.v1beta4.MsgCreateDeployment';

/** A transaction of one message; only its body matters. */
const txOf = (message: EncodedMessage): Uint8Array =>
  new BinaryWriter()
    .uint32(10)
    .bytes(encodeTxBody({ messages: [message] }))
    .finish();
const first = (message: Uint8Array, field: number): Uint8Array =>
  bytesFields(message, field)[0] ?? new Uint8Array();
/** The MsgCreateDeployment of the recorded transaction. */
const recorded = first(first(first(recordedTxBytes('deployment-create'), 1), 1), 2);
const withField = (message: Uint8Array, tag: number, value: Uint8Array): Uint8Array =>
  new BinaryWriter().raw(message).uint32(tag).bytes(value).finish();
const paths = (tx: Uint8Array): readonly string[] => [...createdGroups(tx).keys()];

describe('groups that a transaction creates', () => {
  it.each([
    ['deployment-create', 7],
    ['oof-deployment-create', 15],
    ['pc-deployment-create', 28],
  ])('the recorded %s asks for one group', (name, dseq) => {
    const groups = createdGroups(recordedTxBytes(name));
    expect([...groups.keys()]).toEqual([`${TENANT}/${dseq}/1`]);
    const [group] = groups.values();
    expect(group?.spec.units.map((u) => u.price.denom)).toEqual(['uact']);
    expect(group?.reclamationMinWindowSeconds).toBeUndefined();
  });

  it.each(['deployment-close', 'bid-create', 'lease-create', 'authz-exec-bid'])(
    'the recorded %s creates none',
    (name) => {
      expect(paths(recordedTxBytes(name))).toEqual([]);
    },
  );

  it('wrapped in MsgExec it is found, also twice', () => {
    const wrap = (message: EncodedMessage): EncodedMessage => ({
      typeUrl: '/cosmos.authz.v1beta1.MsgExec',
      value: MsgExec.encode({ grantee: TENANT, msgs: [message] }).finish(),
    });
    const create = { typeUrl: CREATE, value: recorded };
    expect(paths(txOf(wrap(create)))).toEqual([`${TENANT}/7/1`]);
    expect(createdGroups(txOf(wrap(wrap(create))))).toEqual(createdGroups(txOf(create)));
  });

  it('the reclamation that an order will ask for comes with it', () => {
    const hour = new BinaryWriter().uint32(8).int64(3600n).finish();
    const window = new BinaryWriter().uint32(10).bytes(hour).finish();
    const [group] = createdGroups(
      txOf({ typeUrl: CREATE, value: withField(recorded, 42, window) }),
    ).values();
    expect(group?.reclamationMinWindowSeconds).toBe(3600n);
  });

  it('a message with a field that we do not know is left to the chain', () => {
    const value = withField(recorded, 50, Uint8Array.of(1));
    expect(paths(txOf({ typeUrl: CREATE, value }))).toEqual([]);
  });

  it('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => createdGroups(bytes).size === 0));
    const cuts = fc.nat(recorded.length);
    fc.assert(
      fc.property(cuts, (n) => {
        createdGroups(txOf({ typeUrl: CREATE, value: recorded.slice(0, n) }));
      }),
    );
  });
});
