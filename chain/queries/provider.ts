/** Queries about providers: akash.provider.v1beta4, akash.audit.v1 and akash.cert.v1. */
import {
  QueryCertificatesRequest,
  QueryCertificatesResponse,
  QueryProviderAttributesRequest,
  QueryProvidersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { CertificateResponse } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse as ProvidersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { Provider as ProviderRecord } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { AuditedAttributes } from '../../market/attributes.js';
import type { Certificate, Provider } from '../../market/records.js';
import { named, required, toAttributes } from '../decode/primitives.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

const CERTIFICATE_STATES: Readonly<Record<number, Certificate['state']>> = {
  1: 'valid',
  2: 'revoked',
};

const toProvider = (record: ProviderRecord): Provider => ({
  owner: record.owner,
  hostUri: record.hostUri,
  attributes: toAttributes(record.attributes),
  info: { email: record.info?.email ?? '', website: record.info?.website ?? '' },
});

/** @throws ChainQueryError also when not found */
export const getProvider = async (query: AbciQuery, owner: string): Promise<Provider> => {
  const request = QueryProviderRequest.encode({ owner }).finish();
  const { value } = await query('/akash.provider.v1beta4.Query/Provider', request);
  return toProvider(required(QueryProviderResponse.decode(value).provider, 'provider'));
};

/** Every provider that is registered, whether it still serves or not. */
export const listProviders =
  (query: AbciQuery): ReadListing<Provider> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const request = QueryProvidersRequest.encode({ pagination }).finish();
      const answer = await query('/akash.provider.v1beta4.Query/Providers', request, height);
      const response = ProvidersResponse.decode(answer.value);
      return {
        items: response.providers.map(toProvider),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);

/** What every auditor signed for `provider`; a provider that nobody audited is "not found" on some nodes. */
export const listAuditedAttributes =
  (query: AbciQuery, provider: string): ReadListing<AuditedAttributes> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const request = QueryProviderAttributesRequest.encode({
        owner: provider,
        pagination,
      }).finish();
      const answer = await query('/akash.audit.v1.Query/ProviderAttributes', request, height);
      const response = QueryProvidersResponse.decode(answer.value);
      return {
        items: response.providers.map((p) => ({
          auditor: p.auditor,
          attributes: toAttributes(p.attributes),
        })),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);

const toCertificate = (owner: string, entry: CertificateResponse): Certificate => {
  const certificate = required(entry.certificate, 'certificate');
  const text = new TextDecoder();
  return {
    owner,
    serial: entry.serial,
    state: named(CERTIFICATE_STATES, certificate.state, 'certificate.state'),
    cert: text.decode(certificate.cert),
    pubkey: text.decode(certificate.pubkey),
  };
};

/** Certificates of `owner`, revoked ones included. @param serial decimal; empty for all */
export const listCertificates =
  (query: AbciQuery, owner: string, serial: string): ReadListing<Certificate> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const filter = { owner, serial, state: '' };
      const request = QueryCertificatesRequest.encode({ filter, pagination }).finish();
      const answer = await query('/akash.cert.v1.Query/Certificates', request, height);
      const response = QueryCertificatesResponse.decode(answer.value);
      return {
        items: response.certificates.map((entry) => toCertificate(owner, entry)),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);
