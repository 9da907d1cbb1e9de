/** A lease that touches every kind of object that a manifest can turn into, and its successor, in which every one has another name. */
import { readSdl } from '../../../cli/sdl.js';
import type { ReadSdl } from '../../../cli/sdl.js';

/** The service that asks for permissions. */
export const FIRST = 'web';

const text = (web: string, db: string): string => `
version: '2.1'
services:
  ${web}:
    image: registry.example.com/team/web:1
    credentials: { host: registry.example.com, username: robot, password: secret-pass }
    params: { permissions: { read: [logs, events] } }
    expose:
      - { port: 8080, as: 80, to: [{ global: true }] }
      - { port: 22, as: 2222, to: [{ global: true }] }
  ${db}:
    image: postgres:17
    params: { storage: { data: { mount: /data } } }
    expose: [{ port: 5432, to: [{ service: ${web} }] }]
profiles:
  compute:
    web:
      resources:
        cpu: { units: 1 }
        memory: { size: 1Gi }
        gpu: { units: 1, attributes: { vendor: { nvidia: [{ model: h100 }] } } }
        storage: [{ size: 1Gi }]
    db:
      resources:
        cpu: { units: 1 }
        memory: { size: 1Gi }
        storage:
          - { size: 1Gi }
          - { name: data, size: 1Gi, attributes: { persistent: true, class: beta2 } }
  placement:
    dc: { pricing: { web: { denom: uact, amount: 100000 }, db: { denom: uact, amount: 100000 } } }
deployment:
  ${web}: { dc: { profile: web, count: 1 } }
  ${db}: { dc: { profile: db, count: 1 } }
`;

const read = async (sdl: string): Promise<ReadSdl> => {
  const parsed = await readSdl(sdl);
  if (!parsed.ok) throw new Error(parsed.reasons.map((r) => r.message).join('; '));
  return parsed;
};

export const firstManifest = (): Promise<ReadSdl> => read(text(FIRST, 'db'));
/** Names are later in the alphabet too, since units are numbered in that order. */
export const secondManifest = (): Promise<ReadSdl> => read(text('wwz', 'dbz'));
