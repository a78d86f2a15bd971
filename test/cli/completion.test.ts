// Completion in the shells themselves: the script is sourced, and asked what may follow.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { runProgram } from '../support/program.ts';

const script = async (shell: string) => (await runProgram(['completion', shell], { cwd: '.' })).stdout;
const isThere = (shell: string) => spawnSync(shell, ['--version']).error === undefined;

/** What bash would offer after these words; the last one is being typed. */
function offered(source: string, words: readonly string[]): string[] {
  const asked =
    'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _contact_ledger; IFS=$\'\\n\'; echo "\x24{COMPREPLY[*]}"';
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${source}\n${asked}`, 'bash', ...words], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe.skipIf(!isThere('bash'))('bash', () => {
  it('offers every command, its options, its own commands and their values', async () => {
    const source = await script('bash');
    const after = (...words: string[]) => offered(source, ['contact-ledger', ...words]);
    for (const command of buildProgram().commands) expect(after('')).toContain(command.name());
    expect(after('exp')).toEqual(['export']);
    expect(after('serve', '--h')).toEqual(['--host', '--help']);
    expect(after('token', '')).toEqual(expect.arrayContaining(['create', 'list', 'revoke']));
    expect(after('--json', 'token', 'create', '--sub')).toEqual(['--subject']);
    expect(after('token', 'create', '--role', 'a')).toEqual(['auditor', 'analyst', 'admin']);
    expect(after('completion', 'z')).toEqual(['zsh']);
    expect(after('serve', '--port', '')).toEqual([]);
  });

  it('offers files where a file belongs', async () => {
    const source = await script('bash');
    expect(offered(source, ['contact-ledger', 'import', 'pack'])).toContain('package.json');
    expect(offered(source, ['contact-ledger', 'export', '--out', 'READ'])).toEqual(['README.md']);
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it.skipIf(!isThere(shell))('takes the script', async () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: await script(shell), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('has every command', async () => {
    const source = await script(shell);
    for (const command of buildProgram().commands) expect(source).toContain(command.name());
  });
});

it('of another shell is a mistake', async () => {
  expect(await runProgram(['completion', 'tcsh'], { cwd: '.' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
});
