/** The tenant of the demo: the `berth` command in a process of its own, as a tenant runs it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ROOT } from './paths.js';

/** One line of `--output jsonl`. */
export type CliStep = Readonly<Record<string, unknown>> & { readonly step?: string };

export interface TenantCli {
  /** Runs a command; hears each step as it comes. @throws Error with the command's own words when it fails */
  run(args: readonly string[], onStep?: (step: CliStep) => void): Promise<readonly CliStep[]>;
}

/** @param signal ends a command that is under way */
export const tenantCli = (rpcUrl: string, home: string, signal: AbortSignal): TenantCli => ({
  run: async (args, onStep = () => undefined) => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(ROOT, 'cli/main.ts'),
        '--node',
        rpcUrl,
        '--home',
        home,
        '--output',
        'jsonl',
        ...args,
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], signal },
    );
    const steps: CliStep[] = [];
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const step = JSON.parse(line) as CliStep;
      steps.push(step);
      onStep(step);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code === 0) return steps;
    const last = steps.at(-1);
    throw new Error(
      `berth ${args.join(' ')} ended with status ${code ?? 'none'}: ${last === undefined ? '' : JSON.stringify(last)} ${complaints.trim().slice(-600)}`,
    );
  },
});
