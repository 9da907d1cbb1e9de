/** Publishing and revoking certificates: the recorded ones, and what is refused. */
import { describe, expect, it } from '@jest/globals';
import {
  Cert_State as CertificateState,
  MsgCreateCertificate,
  MsgRevokeCertificate,
  QueryCertificatesRequest,
  QueryCertificatesResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { MemoryChain, anyOf } from '../akash/testing/memory-chain.js';
import { recordedTx } from '../akash/testing/recorded.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import { addressOf } from '../akash/testing/scenario.js';

const recordedCertificate = (name: string): MsgCreateCertificate => {
  const [message] = recordedTx(name).messages;
  return MsgCreateCertificate.decode(message?.value ?? new Uint8Array());
};

const CLIENT = recordedCertificate('cert-publish-client');
const SERVER = recordedCertificate('cert-publish-server');
const publish = (message: MsgCreateCertificate) => anyOf(MsgCreateCertificate, message);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const list = (chain: MemoryChain, filter: { owner?: string; serial?: string; state?: string }) =>
  chain.query(
    '/akash.cert.v1.Query/Certificates',
    QueryCertificatesRequest,
    QueryCertificatesRequest.fromPartial({ filter }),
    QueryCertificatesResponse,
  ).certificates;

const revoke = (owner: string, serial: string) =>
  anyOf(MsgRevokeCertificate, MsgRevokeCertificate.fromPartial({ id: { owner, serial } }));

describe('certificates', () => {
  it('publishes the recorded certificates and finds them by owner, with their serial number', () => {
    const chain = new MemoryChain();
    for (const certificate of [CLIENT, SERVER]) chain.deliver(publish(certificate));
    for (const { owner, cert } of [CLIENT, SERVER]) {
      const [found, ...others] = list(chain, { owner, state: 'valid' });
      expect(others).toEqual([]);
      expect(Buffer.from(found?.certificate?.cert ?? [])).toEqual(Buffer.from(cert));
      expect(found?.serial).toMatch(/^[1-9]\d+$/);
    }
    expect(list(chain, {})).toHaveLength(2);
  });

  it('refuses a second publication, and revokes once', () => {
    const chain = new MemoryChain();
    chain.deliver(publish(CLIENT));
    expect(outcome(chain, publish(CLIENT))).toBe('cert/3 certificate exists');
    const serial = list(chain, {})[0]?.serial ?? '';
    expect(outcome(chain, revoke(CLIENT.owner, serial))).toBe('accepted');
    expect(outcome(chain, revoke(CLIENT.owner, serial))).toBe('cert/4 certificate already revoked');
    expect(outcome(chain, revoke(SERVER.owner, serial))).toBe('cert/1 certificate not found');
    expect(list(chain, { state: 'valid' })).toEqual([]);
    expect(list(chain, { state: 'revoked', serial })[0]?.certificate?.state).toBe(
      CertificateState.revoked,
    );
  });

  it.each<readonly [string, Partial<MsgCreateCertificate>, string]>([
    [
      'another owner than the common name',
      { owner: addressOf('other') },
      'cert/6 CommonName does not match owner: invalid certificate value',
    ],
    [
      'an owner that is no address',
      { owner: 'me' },
      'sdk/7 invalid owner address: invalid address',
    ],
    ['a key that is not PEM', { pubkey: text('key') }, 'cert/7 invalid pubkey value'],
    [
      'a certificate in place of the key',
      { pubkey: CLIENT.cert },
      'cert/7 invalid pem block type: invalid pubkey value',
    ],
    ['a certificate that is not PEM', { cert: text('cert') }, 'cert/6 invalid certificate value'],
    [
      'a key in place of the certificate',
      { cert: CLIENT.pubkey },
      'cert/6 invalid pem block type: invalid certificate value',
    ],
    [
      'PEM around something else',
      { cert: text('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
      'undefined/1 x509: malformed certificate',
    ],
  ])('refuses %s', (_case, changes, expected) => {
    expect(outcome(new MemoryChain(), publish({ ...CLIENT, ...changes }))).toBe(expected);
  });

  it.each([
    ['state', { state: 'old' }, 'invalid state value'],
    ['owner', { owner: 'me' }, 'invalid owner address'],
    ['serial number', { serial: 'x' }, 'invalid serial number'],
  ])('refuses to list by a wrong %s', (_case, filter, expected) => {
    expect(outcomeOf(() => list(new MemoryChain(), filter))).toBe(
      `sdk/18 rpc error: code = InvalidArgument desc = ${expected}: invalid request`,
    );
  });
});
