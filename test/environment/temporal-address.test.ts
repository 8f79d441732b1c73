import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readTemporalAddress } from '../../environment/temporal-address.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A profile file of whoever runs the tests must not be found.
const NO_FILE = { TEMPORAL_CONFIG_FILE: path.join(import.meta.dirname, 'no-such-file.toml') };

describe('where Temporal is, by its own conventions', () => {
  test('comes from its variables', () => {
    const { connectionOptions, namespace } = readTemporalAddress({
      ...NO_FILE,
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'exports',
    });
    expect(connectionOptions.address).toBe('temporal.example:7233');
    expect(namespace).toBe('exports');
    expect(connectionOptions.tls).toBeFalsy();
  });

  test('is left to the callers’ defaults when nothing is said, or something empty', () => {
    for (const variables of [NO_FILE, { ...NO_FILE, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' }]) {
      const { connectionOptions, namespace } = readTemporalAddress(variables);
      expect(connectionOptions.address).toBeUndefined();
      expect(namespace ?? 'default').toBe('default');
    }
  });

  test('with an API key, is reached over TLS', () => {
    const { connectionOptions } = readTemporalAddress({
      ...NO_FILE,
      TEMPORAL_ADDRESS: 'eu.temporal.example:7233',
      TEMPORAL_API_KEY: 'cloud-key',
    });
    expect(connectionOptions.tls).toBeTruthy();
    expect(connectionOptions.apiKey).toBe('cloud-key');
  });

  test('can be a profile of a file, which a variable overrules', async () => {
    const folder = await temporaryFolder();
    try {
      const file = path.join(folder.path, 'temporal.toml');
      await writeFile(file, '[profile.default]\naddress = "of-the-file:7233"\nnamespace = "of-the-file"\n');
      const { connectionOptions, namespace } = readTemporalAddress({
        TEMPORAL_CONFIG_FILE: file,
        TEMPORAL_ADDRESS: 'of-the-variable:7233',
      });
      expect(connectionOptions.address).toBe('of-the-variable:7233');
      expect(namespace).toBe('of-the-file');
    } finally {
      await folder.remove();
    }
  });

  test('is not read off the process, but off what is handed in', () => {
    process.env.TEMPORAL_ADDRESS = 'of-the-process:7233';
    try {
      expect(readTemporalAddress(NO_FILE).connectionOptions.address).toBeUndefined();
    } finally {
      delete process.env.TEMPORAL_ADDRESS;
    }
  });
});
