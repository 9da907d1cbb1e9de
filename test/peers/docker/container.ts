/** One container by testcontainers, hardened as the chart's pods are, in the machine's network. */
import { createWriteStream } from 'node:fs';
import { GenericContainer, Wait } from 'testcontainers';
import type { StartedTestContainer } from 'testcontainers';

export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  /** Host path to container path. */
  readonly mounts?: readonly {
    readonly from: string;
    readonly to: string;
    readonly writable?: boolean;
  }[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error are appended here. */
  readonly logPath: string;
  /** What the container prints once it serves. */
  readonly until: RegExp;
}

const START_TIMEOUT_MS = 60_000;

/** What a pod of the chart has: a root file system that cannot be written, no capabilities, no new privileges. */
class HardenedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.CapDrop = ['ALL'];
    this.hostConfig.SecurityOpt = ['no-new-privileges'];
  }
}

/** Resolves when it has printed `until`. @throws what testcontainers throws when it does not */
export const startContainer = async (spec: ContainerSpec): Promise<StartedTestContainer> => {
  const log = createWriteStream(spec.logPath, { flags: 'a' });
  return new HardenedContainer(spec.image)
    .withNetworkMode('host')
    .withCommand([...spec.command])
    .withEnvironment({ ...spec.env })
    .withTmpFs({ '/tmp': 'rw,mode=1777' })
    .withBindMounts(
      (spec.mounts ?? []).map(({ from, to, writable }) => ({
        source: from,
        target: to,
        mode: writable === true ? 'rw' : 'ro',
      })),
    )
    .withLogConsumer((stream) => {
      stream.on('data', (line: Buffer | string) => log.write(line));
    })
    .withWaitStrategy(Wait.forLogMessage(spec.until))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
};
