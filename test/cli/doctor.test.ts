import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';

test('gistmill doctor tells of an endpoint that is well', async () => {
  const { server } = await startMock({ rpm: 600, models: ['m'], key: 'sk-of-the-mock' });
  const args = ['doctor', '--model', 'm', '--base-url', `${server.url}/v1`];
  const well = await run(args, { env: { GISTMILL_API_KEY: 'sk-of-the-mock' } });
  expect(well.exitCode).toBe(0);
  expect(well.stderr).toBe('');
  expect(well.stdout).toMatch(/ok +request +answered in \d+ ms/);
  expect(well.stdout).toMatch(/ok +limits +600 requests/);
  expect(well.stdout).toContain('All is well');
  expect(well.stdout).not.toContain('sk-of-the-mock');
  const refused = await run([...args, '--json'], { env: { GISTMILL_API_KEY: 'wrong-key' } });
  expect(refused.exitCode).toBe(3);
  expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, exit_code: 3 });
});

test('with nothing configured it tries the built-in summariser', async () => {
  const { exitCode, stdout, stderr } = await run(['doctor']);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/ok +request +answered .* it calls itself local\/extractive/);
  expect(stdout).not.toContain('connection');
});

test('a wrong option is told of as the doctor tells of all else', async () => {
  const { exitCode, stdout } = await run(['doctor', '--no-request'], { env: { GISTMILL_RPM: 'many' } });
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/FAILED +configuration +GISTMILL_RPM: "many" is not a number/);
});
