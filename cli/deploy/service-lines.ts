/** Where services can be reached, as a table. Pure. */
import { formatTable, printable } from '../format/table.js';
import type { ReadyService } from './request.js';

const addresses = ({
  uris,
  ports,
  ips,
}: Pick<ReadyService, 'uris' | 'ports' | 'ips'>): readonly string[] => [
  ...uris.map((uri) => (uri.includes('://') ? uri : `http://${uri}`)),
  ...ports.map((p) => `${p.host}:${p.externalPort} -> ${p.port}/${p.proto}`),
  ...ips.map((p) => `${p.ip}:${p.externalPort} -> ${p.port}/${p.proto}`),
];

/** One line for each address; a service without any still has its line. */
export const serviceLines = (
  services: readonly (Pick<ReadyService, 'name' | 'uris' | 'ports' | 'ips'> & {
    /** `1/2`, where it is worth telling. */
    readonly ready?: string;
  })[],
): readonly string[] => {
  const told = services.some((s) => s.ready !== undefined);
  return formatTable(
    told ? ['SERVICE', 'READY', 'ADDRESS'] : ['SERVICE', 'ADDRESS'],
    services.flatMap((s) => {
      const list = addresses(s);
      return (list.length === 0 ? ['-'] : list).map((address, i) => {
        const [name, ready] = i === 0 ? [printable(s.name, 63), s.ready ?? '-'] : ['', ''];
        return told ? [name, ready, printable(address)] : [name, printable(address)];
      });
    }),
  );
};
