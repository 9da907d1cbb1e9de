import { describe, expect, it } from '@jest/globals';
import { endpointAddress } from './endpoint-config.js';

describe('the address of an endpoint', () => {
  it.each([
    ['http://127.0.0.1:26657', 'http://127.0.0.1:26657/', 'ws://127.0.0.1:26657/websocket'],
    [
      'https://rpc.example/akash/',
      'https://rpc.example/akash/',
      'wss://rpc.example/akash/websocket',
    ],
    ['ws://node:26657', 'http://node:26657/', 'ws://node:26657/websocket'],
    ['wss://node/x?key=1', 'https://node/x?key=1', 'wss://node/x/websocket?key=1'],
  ])('%s is asked at %s and subscribed to at %s', (url, httpUrl, websocketUrl) => {
    expect(endpointAddress(url)).toMatchObject({ httpUrl, websocketUrl, authorization: undefined });
  });

  it('credentials are sent as a header and are in nothing that is shown', () => {
    const { authorization, ...shown } = endpointAddress('https://me:s%3Acret@rpc.example:1/key');
    expect(authorization).toBe(`Basic ${Buffer.from('me:s:cret').toString('base64')}`);
    expect(JSON.stringify(shown)).not.toContain('cret');
    expect(shown.label).toBe('rpc.example:1');
  });

  it('a text that is no URL is refused', () => {
    expect(() => endpointAddress('nope')).toThrow('Invalid URL');
  });
});
