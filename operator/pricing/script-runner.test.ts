import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScriptAnswer, ScriptRequest } from '../../bidengine/price-script.js';
import { ScriptRunner } from './script-runner.js';
import type { ScriptRunnerDeps } from './script-runner.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-script-'));
});
afterEach(() => rm(dir, { recursive: true }));

const request = (stdin: string): ScriptRequest => ({
  stdin,
  env: { AKASH_OWNER: 'akash1tenant', AKASH_DENOM: 'uact' },
});

const setup = async (script: string, changes: Partial<ScriptRunnerDeps> = {}) => {
  const path = join(dir, 'price.sh');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o700);
  let now = 0;
  const said: string[] = [];
  let answers = 0;
  let heard: () => void = () => undefined;
  const runner = new ScriptRunner({
    ...{ path, processLimit: 2, timeoutMs: 10_000, keepMs: 1_000 },
    env: { PATH: process.env['PATH'], MARGIN: '7' },
    clock: { now: () => now },
    onAnswer: () => {
      answers += 1;
      heard();
    },
    onStderr: (text) => said.push(text),
    ...changes,
  });
  const answer = async (asked: ScriptRequest): Promise<ScriptAnswer> => {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const given = runner.answerTo(asked);
      if (given !== undefined) return given;
      await next;
    }
  };
  const later = (ms: number): void => {
    now += ms;
  };
  return { runner, answer, said, later, answers: () => answers };
};

describe('the price-script runner', () => {
  it('gives the request on standard input and tenant, coin and its own settings in the environment', async () => {
    const { answer, said } = await setup(
      'cat >&2; echo " $AKASH_OWNER $AKASH_DENOM $MARGIN" >&2; echo 12.5',
    );
    const given = await answer(request('{"resources":[]}'));
    expect(given.ok && given.amount.toFixed()).toBe('12.5');
    expect(said.join('')).toBe('{"resources":[]} akash1tenant uact 7\n');
  });

  it.each<[string, string, string, RegExp]>([
    ['ends with an error', 'echo 5; exit 3', 'PriceScriptFailed', /ended with status 3/],
    ['is killed', 'echo 5; kill -9 $$', 'PriceScriptFailed', /ended with SIGKILL/],
    ['prints nothing', 'true', 'PriceScriptAnswerInvalid', /printed nothing/],
    ['prints nothing of worth', 'echo 0', 'PriceScriptAnswerInvalid', /above 0/],
    ['never stops printing', 'yes 1 | head -c 100000', 'PriceScriptAnswerInvalid', /no decimal/],
  ])('gives no price when the script %s', async (_name, script, code, message) => {
    const { answer } = await setup(script);
    const given = await answer(request('x'));
    expect(given).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
  });

  it('ends a script that takes too long, with all that it started', async () => {
    const { answer } = await setup('sleep 600 & sleep 600', { timeoutMs: 100 });
    expect(await answer(request('x'))).toMatchObject({
      code: 'PriceScriptTimeout',
      message: 'the price script took longer than 100 ms',
    });
  });

  it('says when there is no script', async () => {
    const { answer } = await setup('', { path: '/nowhere/price.sh' });
    expect(await answer(request('x'))).toMatchObject({ code: 'PriceScriptFailed' });
  });

  it('runs no more at once than the limit, and each request once', async () => {
    const log = join(dir, 'log');
    const { runner, answer, answers } = await setup(
      // Two at once at most: a third that sees both marks fails.
      `n=$(mktemp ${dir}/run.XXXX); [ $(ls ${dir}/run.* | wc -l) -le 2 ] || exit 9; echo x >> ${log}; sleep 0.05; rm $n; echo 1`,
    );
    const requests = ['a', 'b', 'c', 'd', 'e'].map(request);
    for (const r of requests) {
      expect(runner.answerTo(r)).toBeUndefined();
      expect(runner.answerTo(r)).toBeUndefined();
    }
    for (const r of requests) expect(await answer(r)).toMatchObject({ ok: true });
    expect(answers()).toBe(5);
  });

  it('asks again when an answer is too old', async () => {
    const { runner, answer, later } = await setup('echo 1');
    await answer(request('x'));
    later(1_000);
    expect(runner.answerTo(request('x'))).toBeDefined();
    later(1);
    expect(runner.answerTo(request('x'))).toBeUndefined();
    expect(await answer(request('x'))).toMatchObject({ ok: true });
  });
});
