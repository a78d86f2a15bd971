// Mistakes in the options of the command line are told before anything is made.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../support/program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  [['serve', '--port', 'http']],
  [['serve', '--port', '70000']],
  [['demo', '--no-serve', '--accounts', 'many']],
  [['demo', '--no-serve', '--accounts', '3']],
  [['demo', '--no-serve', '--seed', '1.5']],
])('a number that cannot be is one: %j', async (args) => {
  const { code, stderr } = await runProgram(args, { cwd: folder });
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is a whole number from'),
  });
  expect([existsSync(join(folder, 'data')), existsSync(join(folder, 'demo-data'))]).toEqual([false, false]);
});

test('an address that others can reach is refused', async () => {
  const { code, stderr } = await runProgram(['serve', '--port', '0', '--host', '0.0.0.0'], { cwd: folder });
  expect(code).toBeGreaterThan(0);
  expect(stderr).toMatch(/^[A-Z_]+: .*this machine only/);
});
