/** The cert module: certificates that clients and providers know each other by. Nothing here emits an akash event. */
import {
  Certificate,
  CertificateResponse,
  MsgCreateCertificate,
  MsgRevokeCertificate,
  QueryCertificatesRequest,
  Cert_State as CertificateState,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage, type Placed } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { refusal } from '../akash/registered-error.js';
import { queryInvalid, sdkError } from '../kernel/errors.js';
import type { Context, Module } from '../kernel/module.js';
import { CERT_ERRORS as E, readCertificate } from './x509.js';

const PREFIX = 'cert/c/';
const SERIAL = /^\d{1,60}$/;

/** Padded, so that one owner's certificates sort by number. */
const keyOf = (owner: string, serial: string): string =>
  `${PREFIX}${owner}/${serial.padStart(60, '0')}`;

const requireOwner = (owner: string): void => {
  if (!isAddress(owner)) throw sdkError('invalidAddress', 'invalid owner address');
};

const create = (context: Context, { owner, cert, pubkey }: MsgCreateCertificate): void => {
  const key = keyOf(owner, readCertificate(owner, cert, pubkey));
  if (context.store.get(key) !== undefined) throw refusal(E.exists);
  const certificate = { state: CertificateState.valid, cert, pubkey };
  context.store.set(key, Certificate.encode(certificate).finish());
};

const revoke = (context: Context, owner: string, serial: string): void => {
  const key = keyOf(owner, BigInt(serial).toString());
  const bytes = context.store.get(key);
  if (bytes === undefined) throw refusal(E.notFound);
  const certificate = Certificate.decode(bytes);
  if (certificate.state === CertificateState.revoked) throw refusal(E.alreadyRevoked);
  const revoked = { ...certificate, state: CertificateState.revoked };
  context.store.set(key, Certificate.encode(revoked).finish());
};

const STATES: Readonly<Record<string, CertificateState | undefined>> = {
  valid: CertificateState.valid,
  revoked: CertificateState.revoked,
};

/** A filter as `QueryCertificates` takes it; empty means any. */
interface Filter {
  readonly owner: string;
  readonly serial: string;
  readonly state: string;
}

const walk = function* (
  context: Context,
  filter: Filter,
  after: string | undefined,
): Iterable<Placed<Uint8Array>> {
  const state = STATES[filter.state];
  if (filter.state !== '' && state === undefined) throw queryInvalid('invalid state value');
  if (filter.owner !== '' && !isAddress(filter.owner)) throw queryInvalid('invalid owner address');
  if (filter.serial !== '' && !SERIAL.test(filter.serial)) {
    throw queryInvalid('invalid serial number');
  }
  const prefix = filter.owner === '' ? PREFIX : `${PREFIX}${filter.owner}/`;
  const from = after === undefined ? {} : { after };
  for (const [place, bytes] of context.store.iterate(prefix, from)) {
    const serial = BigInt(place.slice(place.lastIndexOf('/') + 1)).toString();
    if (filter.serial !== '' && serial !== BigInt(filter.serial).toString()) continue;
    const certificate = Certificate.decode(bytes);
    if (state !== undefined && certificate.state !== state) continue;
    yield { place, entry: CertificateResponse.encode({ certificate, serial }).finish() };
  }
};

export const certModule: Module = {
  name: 'cert',
  messages: {
    '/akash.cert.v1.MsgCreateCertificate': message({
      codec: MsgCreateCertificate,
      signer: ({ owner }) => owner,
      validate: ({ owner, cert, pubkey }) => {
        requireOwner(owner);
        readCertificate(owner, cert, pubkey);
      },
      run: (context, created) => {
        create(context, created);
        return undefined;
      },
    }),
    '/akash.cert.v1.MsgRevokeCertificate': message({
      codec: MsgRevokeCertificate,
      signer: ({ id }) => id?.owner ?? '',
      validate: ({ id }) => {
        requireOwner(id?.owner ?? '');
        if (!SERIAL.test(id?.serial ?? '')) throw refusal(E.invalidSerial);
      },
      run: (context, { id }) => {
        revoke(context, id?.owner ?? '', id?.serial ?? '0');
        return undefined;
      },
    }),
  },
  queries: {
    '/akash.cert.v1.Query/Certificates': query(
      QueryCertificatesRequest,
      (context, { filter, pagination }) => {
        const wanted = filter ?? { owner: '', serial: '', state: '' };
        const page = takePage(walk(context, wanted, resumeAfter(pagination)), pagination);
        return concatFields([
          ...page.entries.map((entry) => [1, entry] as const),
          [2, page.response],
        ]);
      },
    ),
  },
};
