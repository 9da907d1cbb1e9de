/** SDLs cut down to what a real node on a small machine carries. */
import { parse, stringify } from 'yaml';

interface Resources {
  cpu: { units: number };
  memory: { size: string };
  gpu?: { units: number; attributes: { vendor: { nvidia: { model: string }[] } } };
  storage: { size: string } | { size: string }[];
}

/** GPUs to ask for in place of the SDL's own. */
export interface OtherGpus {
  readonly units: number;
  readonly model: string;
}

/** The same SDL with nothing changed but what each service rents; its GPUs stay as they are unless others are given. */
export const shrunk = (text: string, gpus?: OtherGpus): string => {
  const sdl = parse(text) as {
    profiles: { compute: Readonly<Record<string, { resources: Resources }>> };
  };
  for (const { resources } of Object.values(sdl.profiles.compute)) {
    resources.cpu.units = 0.2;
    resources.memory.size = '128Mi';
    for (const volume of [resources.storage].flat()) volume.size = '64Mi';
    if (resources.gpu !== undefined && gpus !== undefined) {
      resources.gpu.units = gpus.units;
      resources.gpu.attributes.vendor.nvidia = [{ model: gpus.model }];
    }
  }
  return stringify(sdl);
};
