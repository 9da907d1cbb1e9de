import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { captureHello } from '../testing/captured-hello.js';
import { MAX_HELLO_BYTES, readClientHello } from './client-hello.js';

let named: Buffer;
let nameless: Buffer;

beforeAll(async () => {
  named = await captureHello('mtls.Provider.example.com');
  nameless = await captureHello();
});

/** The same handshake cut into TLS records of `size` bytes. */
const inRecordsOf = (hello: Buffer, size: number): Buffer => {
  const handshake = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < handshake.length; at += size) {
    const part = handshake.subarray(at, at + size);
    records.push(Buffer.from([0x16, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
};

describe('a ClientHello', () => {
  it('of a real client names its server in lower case', () => {
    expect(readClientHello(named)).toEqual({
      status: 'hello',
      serverName: 'mtls.provider.example.com',
    });
  });

  it('without a name is a hello all the same', () => {
    expect(readClientHello(nameless)).toEqual({ status: 'hello', serverName: undefined });
  });

  it('is incomplete at every length but the last, and never misread', () => {
    for (let length = 0; length < named.length; length += 1) {
      expect(readClientHello(named.subarray(0, length))).toEqual({ status: 'incomplete' });
    }
  });

  it('may be spread over several records', () => {
    expect(readClientHello(inRecordsOf(named, 100))).toMatchObject({
      serverName: 'mtls.provider.example.com',
    });
  });

  it('may be followed by other records', () => {
    const next = Buffer.from([0x14, 3, 3, 0, 1, 1]);
    expect(readClientHello(Buffer.concat([named, next]))).toMatchObject({ status: 'hello' });
  });

  it.each<readonly [string, () => Buffer, string]>([
    ['plain HTTP', () => Buffer.from('GET / HTTP/1.1\r\n'), 'not a TLS handshake record'],
    [
      'another handshake message',
      () => Buffer.from([0x16, 3, 1, 0, 1, 2]),
      'the first handshake message is not a ClientHello',
    ],
    [
      'a length beyond reason',
      () => Buffer.from([0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]),
      'the ClientHello is too large',
    ],
    [
      'lengths that point past the end',
      () => Buffer.concat([Buffer.from([0x16, 3, 1, 0, 6, 1, 0, 0, 2]), Buffer.from([3, 3])]),
      'a length points past the end',
    ],
  ])('is not %s', (_name, bytes, why) => {
    expect(readClientHello(bytes())).toEqual({ status: 'invalid', why });
  });

  it('is given up once it exceeds the limit unfinished', () => {
    const endless = Buffer.alloc(MAX_HELLO_BYTES + 6, 0);
    Buffer.from([0x16, 3, 1, 0x40, 0x00, 1, 0, 0x3f, 0xff]).copy(endless);
    expect(readClientHello(endless)).toMatchObject({ status: 'invalid' });
  });

  it('is read without throwing whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(300), (noise, at) => {
        const bent = Buffer.from(named);
        bent.set(noise.subarray(0, Math.max(0, bent.length - at)), Math.min(at, bent.length));
        expect(['incomplete', 'invalid', 'hello']).toContain(readClientHello(bent).status);
        expect(['incomplete', 'invalid', 'hello']).toContain(
          readClientHello(Buffer.from(noise)).status,
        );
      }),
    );
  });
});
