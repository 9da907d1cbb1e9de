/** Small SDLs for a machine of two processors. */
import { stringify } from 'yaml';
import { type ReadSdl, readSdl } from '../../cli/sdl.js';
import { shrunk } from '../../hack/node/shrunk.js';
import { exampleSdl } from '../e2e/tenant.js';

/** One service of one replica. */
export interface SmallService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly port?: number;
  readonly cpu?: number;
  readonly memory?: string;
  readonly storage?: string;
  readonly gpus?: number;
  /** Model of the GPUs; default that of hack/node/devices.yaml. */
  readonly model?: string;
}

/** The service is called `app`; it is open to the world on port 80. @throws Error when the SDL is refused */
export const smallSdl = async (service: SmallService): Promise<ReadSdl> => {
  const { image, command, args, env, port = 8080, gpus = 0, model = 'rtx4090' } = service;
  const gpu = {
    units: gpus,
    ...(gpus > 0 && { attributes: { vendor: { nvidia: [{ model }] } } }),
  };
  const sdl = await readSdl(
    stringify({
      version: '2.0',
      services: {
        app: {
          image,
          ...(command && { command }),
          ...(args && { args }),
          ...(env && { env }),
          expose: [{ port, as: 80, to: [{ global: true }] }],
        },
      },
      profiles: {
        compute: {
          app: {
            resources: {
              cpu: { units: service.cpu ?? 0.1 },
              memory: { size: service.memory ?? '64Mi' },
              storage: { size: service.storage ?? '128Mi' },
              ...(gpus > 0 && { gpu }),
            },
          },
        },
        placement: { here: { pricing: { app: { denom: 'uact', amount: 100_000 } } } },
      },
      deployment: { app: { here: { profile: 'app', count: 1 } } },
    }),
  );
  if (!sdl.ok) throw new Error(sdl.reasons.map((r) => r.message).join('; '));
  return sdl;
};

/** An example of examples/ with nothing changed but what it rents: so little that it fits on two processors. */
export const shrunkExample = (name: string): Promise<ReadSdl> =>
  exampleSdl(name, (text) => shrunk(text, { units: 1, model: 'rtx4090' }));
