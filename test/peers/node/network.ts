/** The wire between the machine outside and the node: a veth pair, and routes to pods and Services through it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SERVICE_RANGE } from '../cluster/components.js';
import { ADDRESSES, OUTSIDE_INTERFACE } from './layout.js';
import type { Machine } from './machine.js';
import { NodeError } from './types.js';

const run = promisify(execFile);

const ip = async (...args: readonly string[]): Promise<void> => {
  try {
    await run('ip', args);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new NodeError(`ip ${args.join(' ')} failed: ${stderr?.trim() ?? 'no message'}`, {
      cause: error,
    });
  }
};

/** Joins the node with the outside. The kernel takes all of it away when the machine ends. */
export const connectMachine = async (machine: Machine): Promise<void> => {
  const { outside, node, prefix, pods } = ADDRESSES;
  const peer = ['peer', 'name', 'eth0', 'netns', String(machine.pid)];
  await disconnectMachine(); // a machine that was killed a moment ago may still be on its way out
  await ip('link', 'add', OUTSIDE_INTERFACE, 'type', 'veth', ...peer);
  await ip('addr', 'add', `${outside}/${prefix}`, 'dev', OUTSIDE_INTERFACE);
  await ip('link', 'set', OUTSIDE_INTERFACE, 'up');
  await machine.run('ip', ['addr', 'add', `${node}/${prefix}`, 'dev', 'eth0']);
  await machine.run('ip', ['link', 'set', 'eth0', 'up']);
  await machine.run('ip', ['route', 'add', 'default', 'via', outside]);
  for (const range of [pods, SERVICE_RANGE]) await ip('route', 'add', range, 'via', node);
};

/** Takes the wire away when it is there. */
export const disconnectMachine = async (): Promise<void> => {
  await run('ip', ['link', 'del', OUTSIDE_INTERFACE]).catch(() => undefined); // it is not there
};
