/** A DNS server on loopback that answers every A question with one address. */
import { createSocket } from 'node:dgram';

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Answered from now on. */
  say(address: string): void;
  close(): void;
}

const HEADER_BYTES = 12;
const TYPE_A = 1;
const A_BYTES = 4;

/** The question without what may follow it (EDNS). Source: RFC 1035 section 4. */
const questionOf = (query: Buffer): Buffer => {
  let end = HEADER_BYTES;
  while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
  return query.subarray(HEADER_BYTES, end + 5);
};

const reply = (query: Buffer, address: string): Buffer => {
  const question = questionOf(query);
  const isA = question.readUInt16BE(question.length - 4) === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isA ? 1 : 0, 6);
  if (!isA) return Buffer.concat([header, question]);
  // A pointer to the name of the question, type A, class IN, 60 s.
  const fields = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, A_BYTES]);
  return Buffer.concat([header, question, fields, Buffer.from(address.split('.').map(Number))]);
};

export const startDns = async (first: string): Promise<DnsServer> => {
  let said = first;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    socket.send(reply(query, said), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  return {
    address: `127.0.0.1:${port}`,
    say: (address) => {
      said = address;
    },
    close: () => socket.close(),
  };
};
