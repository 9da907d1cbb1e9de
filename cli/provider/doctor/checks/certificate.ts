/** The gateway's certificate: in the cluster, on chain, and good. */
import { formatDuration } from '../../../format/duration.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import type { DoctorFacts, StoredCertificate } from '../facts.js';
import { fault, notChecked, ok, warning } from '../finding.js';
import type { Finding } from '../finding.js';

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

const renewal = (secret: string): string => {
  const [namespace = '', name = ''] = secret.split('/');
  return `kubectl delete secret -n ${namespace} ${name}   (the operator then makes and publishes a new one)`;
};

const inTime = ({ secret, notAfterMs }: StoredCertificate, nowMs: number): readonly Finding[] => {
  const left = notAfterMs - nowMs;
  const where = { subject: `secret/${secret}`, fix: renewal(secret) };
  if (left <= 0)
    return [fault('CertificateExpired', `it expired ${formatDuration(-left)} ago`, where)];
  return left < SOON_MS
    ? [warning('CertificateExpiring', `it expires in ${formatDuration(left)}`, where)]
    : [];
};

const onChain = (stored: StoredCertificate, { published }: DoctorFacts): readonly Finding[] => {
  if (!published.known) return [notChecked(published.why)];
  const subject = `secret/${stored.secret}`;
  const there = published.value.find((c) => c.serial === stored.serial);
  if (there === undefined)
    return [
      fault('CertificateUnpublished', `serial ${stored.serial} is not on chain`, {
        subject,
        fix: 'The operator publishes it within a minute of running; kubectl describe computeprovider says what the chain refused.',
      }),
    ];
  return there.state === 'revoked'
    ? [
        fault('CertificateRevoked', `serial ${stored.serial} is revoked on chain`, {
          ...{ subject, fix: renewal(stored.secret) },
        }),
      ]
    : [];
};

const forHost = (
  { secret, hosts }: StoredCertificate,
  { provider }: DoctorFacts,
): readonly Finding[] => {
  const spec = provider.known ? provider.value?.spec : undefined;
  if (spec === undefined || hosts.includes(new URL(spec.hostUri).hostname)) return [];
  return [
    warning(
      'CertificateHostMissing',
      `it is for ${hosts.join(', ') || 'no host'}, the gateway is at ${new URL(spec.hostUri).hostname}`,
      {
        subject: `secret/${secret}`,
        fix: `Set spec.domain to the host of spec.hostUri, then: ${renewal(secret)}`,
      },
    ),
  ];
};

export const certificate: Check = {
  name: 'certificate',
  run: (facts) =>
    when(facts.certificate, (stored) => {
      const subject = `secret/${stored.secret}`;
      if (stored.state === 'missing')
        return [
          fault('CertificateMissing', `there is no Secret ${stored.secret}`, {
            subject,
            fix: 'The operator makes and publishes it within a minute of running.',
          }),
        ];
      if (stored.state === 'unreadable')
        return [
          fault('CertificateUnreadable', stored.why, { subject, fix: renewal(stored.secret) }),
        ];
      const mismatch = stored.keyMatches
        ? []
        : [
            fault('CertificateKeyMismatch', 'tls.key is not the key of tls.crt', {
              ...{ subject, fix: renewal(stored.secret) },
            }),
          ];
      const findings = [
        ...mismatch,
        ...inTime(stored, facts.nowMs),
        ...onChain(stored, facts),
        ...forHost(stored, facts),
      ];
      const left = formatDuration(stored.notAfterMs - facts.nowMs);
      return findings.length === 0
        ? [ok(`serial ${stored.serial} is on chain and good for ${left}`)]
        : findings;
    }),
};
