import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderEnvExample, renderErrors, renderOptions, renderProviders } from '../scripts/render-docs.ts';
import { loadEstimateOptions, loadMockOptions, loadRunOptions } from '../src/config/load-config.ts';

// Stale? `npx vitest run test/docs.test.ts -u` writes the files anew.
describe('the files generated from the code are up to date', () => {
  test('.env.example lists every variable', async () => {
    await expect(renderEnvExample()).toMatchFileSnapshot('../.env.example');
  });

  test('docs/options.md lists every option', async () => {
    await expect(renderOptions()).toMatchFileSnapshot('../docs/options.md');
  });

  test('docs/errors.md lists every error code and exit code', async () => {
    await expect(renderErrors()).toMatchFileSnapshot('../docs/errors.md');
  });

  test('docs/providers.md lists every provider that is known by name', async () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/providers.md'), 'utf8');
    const section = /(?<=<!-- providers -->\n).*(?=<!-- \/providers -->)/s;
    const renewed = page.replace(section, () => `${renderProviders()}\n`);
    await expect(renewed).toMatchFileSnapshot('../docs/providers.md');
  });
});

test('the example environment, with every # taken off, is the default configuration', async () => {
  const env = parseEnv(renderEnvExample().replace(/^# (?=[A-Z_]+=)/gm, ''));
  const cwd = import.meta.dirname;
  expect(Object.keys(env).length).toBeGreaterThan(50);
  for (const load of [loadRunOptions, loadMockOptions]) {
    const filled = await load({ flags: {}, env, cwd });
    const bare = await load({ flags: {}, env: {}, cwd });
    expect(filled.options).toEqual(bare.options);
  }
  const estimate = await loadEstimateOptions({ flags: {}, env, cwd });
  expect(estimate.own).toEqual((await loadEstimateOptions({ flags: {}, env: {}, cwd })).own);
});
