// The import rule: which part may know which, and no cycles. The layout is the design, so it is tested.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, it } from 'vitest';

/** Part → the files it consists of (the first pattern that fits decides) and the parts it may import beside itself. */
const parts: Record<string, { files: RegExp; mayImport: string[] }> = {
  time: { files: /^src\/time\//, mayImport: [] },
  statistics: { files: /^src\/statistics\//, mayImport: [] },
  reports: { files: /^src\/reports\//, mayImport: ['statistics', 'kernel', 'time'] },
  kernel: {
    files:
      /^src\/(envelope|event-contract|validation-words|belief|merge|merge-cycles|timeline|deciding|undo|undo-decision|rejections|canonical-json|changes|follower)\.ts$/,
    mayImport: ['time'],
  },
  contact: { files: /^src\/contact\//, mayImport: ['kernel', 'time'] },
  account: { files: /^src\/account\//, mayImport: ['kernel', 'time'] },
  signals: { files: /^src\/signals\//, mayImport: ['kernel', 'time'] },
  turnover: { files: /^src\/turnover\//, mayImport: ['kernel', 'time', 'contact', 'account'] },
  'import run': { files: /^src\/ingest\/events\.ts$/, mayImport: ['kernel'] },
  'access events': { files: /^src\/access\/events\.ts$/, mayImport: ['kernel'] },
  'erased people': {
    files: /^src\/erasure\/(events|erased-people)\.ts$/,
    mayImport: ['kernel', 'keys', 'contact'],
  },
  keys: { files: /^src\/personal-data\//, mayImport: ['kernel'] },
  port: { files: /^src\/event-store\/port\.ts$/, mayImport: ['kernel', 'keys'] },
  'event store': { files: /^src\/event-store\//, mayImport: ['port', 'kernel', 'keys'] },
  'proof verifier': { files: /^src\/integrity\/verify-proof\.ts$/, mayImport: [] },
  integrity: { files: /^src\/integrity\//, mayImport: ['proof verifier', 'port', 'kernel'] },
  ledger: {
    files:
      /^src\/(ledger|ledger-events|ledger-state|stream-belief|event-sealing|enveloping|appending|read-models-stopped|references|beliefs|command|erasure\/refusals)\.ts$/,
    mayImport: [
      'contact',
      'account',
      'signals',
      'turnover',
      'import run',
      'access events',
      'erased people',
      'kernel',
      'time',
      'port',
      'keys',
    ],
  },
  projector: {
    files: /^src\/projector\//,
    mayImport: ['ledger', 'contact', 'account', 'turnover', 'kernel', 'port', 'keys', 'time'],
  },
  'read models': {
    files: /^projections\//,
    mayImport: [
      'reports',
      'projector',
      'ledger',
      'contact',
      'account',
      'signals',
      'turnover',
      'access events',
      'time',
      'kernel',
    ],
  },
  policies: {
    files: /^src\/policies\//,
    mayImport: [
      'ledger',
      'read models',
      'projector',
      'contact',
      'account',
      'signals',
      'turnover',
      'kernel',
      'port',
      'time',
    ],
  },
  demo: {
    files: /^src\/demo\//,
    mayImport: ['ledger', 'contact', 'account', 'signals', 'turnover', 'kernel', 'time'],
  },
  auth: { files: /^src\/auth\//, mayImport: ['kernel'] },
  limits: { files: /^src\/(limits|field-cost)\.ts$/, mayImport: [] },
  server: { files: /^src\/server\//, mayImport: ['auth', 'limits'] },
  live: {
    files: /^src\/live\//,
    mayImport: ['read models', 'projector', 'ledger', 'turnover', 'kernel', 'port'],
  },
  application: {
    files:
      /^src\/(application|read-models-thread|ledger-files|replica|migrate|audit-trail|removal-candidates|export|verify|config|sealed-log|contact-proof|risk-reports)\.ts$|^src\/(ingest|erasure|access|explaining)\//,
    mayImport: [
      'reports',
      'auth',
      'access events',
      'erased people',
      'integrity',
      'proof verifier',
      'ledger',
      'projector',
      'read models',
      'policies',
      'limits',
      'live',
      'event store',
      'port',
      'keys',
      'kernel',
      'time',
      'import run',
      'contact',
      'account',
      'signals',
      'turnover',
    ],
  },
  schema: {
    files: /^schema\//,
    mayImport: [
      'statistics',
      'reports',
      'access events',
      'erased people',
      'integrity',
      'proof verifier',
      'limits',
      'application',
      'auth',
      'live',
      'ledger',
      'projector',
      'read models',
      'keys',
      'kernel',
      'time',
      'contact',
      'account',
      'signals',
      'turnover',
      'port',
    ],
  },
  'command line': {
    files: /^src\/(cli\/|main\.ts$)/,
    mayImport: [
      'reports',
      'access events',
      'erased people',
      'integrity',
      'proof verifier',
      'limits',
      'live',
      'application',
      'auth',
      'schema',
      'server',
      'demo',
      'policies',
      'turnover',
      'ledger',
      'read models',
      'keys',
      'time',
      'kernel',
      'projector',
    ],
  },
};

const files = ['src', 'schema', 'projections'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).split(sep).join('/')),
);
const importsOf = new Map(files.map((file) => [file, relativeImports(file)]));

function relativeImports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return found.map((path) =>
    normalize(join(dirname(file), path))
      .split(sep)
      .join('/'),
  );
}

const partOf = (file: string) =>
  Object.entries(parts).find(([, { files: pattern }]) => pattern.test(file))?.[0];

it('puts every file into a part', () => {
  expect(files.filter((file) => partOf(file) === undefined)).toEqual([]);
});

it('lets each part import only what it may know', () => {
  const wrong: string[] = [];
  for (const [file, imports] of importsOf)
    for (const imported of imports) {
      const [from, to] = [partOf(file)!, partOf(imported)];
      if (to !== undefined && to !== from && !parts[from]!.mayImport.includes(to))
        wrong.push(`${file} (${from}) imports ${imported} (${to})`);
    }
  expect(wrong).toEqual([]);
});

it('never lets a read model know a decider', () => {
  for (const [file, imports] of importsOf)
    if (file.startsWith('projections/') || file.startsWith('src/projector/'))
      expect(
        imports.filter((imported) => /decider|deciding/.test(imported)),
        file,
      ).toEqual([]);
});

it('has no cycles between parts', () => {
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    parts[from]!.mayImport.some(
      (next) => next === goal || (!seen.has(next) && reaches(next, goal, seen.add(next))),
    );
  expect(Object.keys(parts).filter((part) => reaches(part, part))).toEqual([]);
});

it('lets tests share what they import: no hook is registered by importing, and no module or global is replaced for good', () => {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join('test', name));
  const wrong = tests.filter((file) => {
    const text = readFileSync(file, 'utf8');
    const hooks = !file.endsWith('.test.ts') && /^(before|after)(Each|All)\(/m.test(text);
    const mocks = text.includes('vi.doMock(') && !text.includes('vi.doUnmock(');
    return hooks || mocks || /\bvi\.(mock|stubGlobal|stubEnv|resetModules)\(/.test(text);
  });
  expect(wrong).toEqual([]);
});
