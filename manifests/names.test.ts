import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toBase32Hex } from './digest.js';
import {
  credentialsSecretName,
  ipSharingKey,
  leaseNamespace,
  loadBalancerName,
  nodePortServiceName,
  staticIngressHost,
  staticIngressLabel,
  volumeName,
} from './names.js';

const lease = {
  owner: 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh',
  dseq: 1234n,
  gseq: 1,
  oseq: 1,
  provider: 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
  bseq: 0,
};

describe('names derived from a lease', () => {
  it('are those of the Akash provider (vectors of provider-wire 2.1)', () => {
    expect(leaseNamespace(lease)).toBe('ud66g5gaqbtev8gef7citivsk58ag4p3f5h952j9csjq4');
    expect(staticIngressLabel(lease, 'web')).toBe('19si1n9vo9cib05qmsfac1mq6g');
    expect(staticIngressHost(lease, 'web', 'ingress.example.com')).toBe(
      '19si1n9vo9cib05qmsfac1mq6g.ingress.example.com',
    );
    expect(ipSharingKey('akash1abc', 'meYOU')).toBe('akash1abc-ip-ps9pn7rkocct7m9ivtovuktb');
    expect(ipSharingKey('akash1abc', 'meow-1')).toBe('akash1abc-ip-meow-1');
  });

  it('name the objects of a service', () => {
    expect(nodePortServiceName('web')).toBe('web-np');
    expect(loadBalancerName('web', 53, 'UDP')).toBe('web-ip-53-udp');
    expect(credentialsSecretName('web')).toBe('docker-creds-web');
    expect(volumeName('web', 'data')).toBe('web-data');
  });

  it('differ whenever the lease differs', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(), (dseq, gseq) => {
        fc.pre(dseq !== lease.dseq || gseq !== lease.gseq);
        expect(leaseNamespace({ ...lease, dseq, gseq })).not.toBe(leaseNamespace(lease));
      }),
    );
  });
});

describe('base32hex', () => {
  // The test vectors of RFC 4648 section 10, lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'co'],
    ['fo', 'cpng'],
    ['foo', 'cpnmu'],
    ['foob', 'cpnmuog'],
    ['fooba', 'cpnmuoj1'],
    ['foobar', 'cpnmuoj1e8'],
  ])('of %p is %p', (text, want) => {
    expect(toBase32Hex(new TextEncoder().encode(text))).toBe(want);
  });
});
