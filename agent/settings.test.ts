import { describe, expect, it } from '@jest/globals';
import { AgentSettingsError, readSettings } from './settings.js';

const NEEDED = { NODE_NAME: 'gpu-0', NAMESPACE: 'berth-system' };

describe('readSettings', () => {
  it('fills in what is not set, and counts an empty variable as not set', () => {
    expect(readSettings({ ...NEEDED, DCGM_URL: '', PATH: '/bin' })).toEqual({
      ...NEEDED,
      ...{ NVIDIA_SMI: 'nvidia-smi', PERIOD_MS: 30_000, SMI_TIMEOUT_MS: 20_000 },
      ...{ HTTP_PORT: 9093, LOG_LEVEL: 'info' },
    });
  });

  it.each([
    ['without the node', { NAMESPACE: 'x' }, 'NODE_NAME'],
    ['with an empty namespace', { ...NEEDED, NAMESPACE: '' }, 'NAMESPACE'],
    ['with a period that is no number', { ...NEEDED, PERIOD_MS: 'soon' }, 'PERIOD_MS'],
    ['with a DCGM address that is none', { ...NEEDED, DCGM_URL: 'ftp://x' }, 'DCGM_URL'],
  ])('refuses to start %s', (_name, env, field) => {
    expect(() => readSettings(env)).toThrow(AgentSettingsError);
    expect(() => readSettings(env)).toThrow(field);
  });
});
