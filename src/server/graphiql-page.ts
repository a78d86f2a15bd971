// The GraphiQL page and everything it loads, read from the npm packages once, so that it works without internet.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface ExampleQuery {
  title: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** A file as it goes over the wire. */
export interface StaticFile {
  body: Buffer;
  headers: Record<string, string>;
}

const require = createRequire(import.meta.url);

/** What the page may do: load from this server only. GraphiQL writes style elements and carries its fonts as data. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const packageFiles = [
  { package: 'graphiql', path: 'graphiql.min.css' },
  { package: 'react', path: 'umd/react.production.min.js' },
  { package: 'react-dom', path: 'umd/react-dom.production.min.js' },
  { package: 'graphiql', path: 'graphiql.min.js' },
];

const pageStyle = 'html, body, #graphiql { height: 100%; margin: 0; }\n';

/**
 * All files of the page by their path on the server: `/` and the `/assets/…` it refers to. Where a token is needed, each tab
 * begins with a place to put it; GraphiQL keeps headers only as long as the page is open.
 */
export function loadGraphiqlPage(
  exampleQueries: readonly ExampleQuery[],
  needsToken = false,
): Map<string, StaticFile> {
  const assets = new Map<string, StaticFile>();
  const styles: string[] = [];
  const scripts: string[] = [];
  const add = (name: string, body: Buffer): void => {
    const isScript = name.endsWith('.js');
    // The content's hash is part of the path, so a browser may keep the file for ever.
    const path = `/assets/${digestOf(body)}/${name}`;
    assets.set(path, {
      body,
      headers: {
        'content-type': isScript ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: etagOf(body),
      },
    });
    (isScript ? scripts : styles).push(path);
  };
  for (const file of packageFiles) {
    add(file.path.replace(/^umd\//, ''), readPackageFile(file.package, file.path));
  }
  add('page.css', Buffer.from(pageStyle));
  add('start.js', Buffer.from(startScript(exampleQueries, needsToken)));

  const page = Buffer.from(pageHtml(styles, scripts));
  assets.set('/', {
    body: page,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
      etag: etagOf(page),
    },
  });
  return assets;
}

function pageHtml(styles: readonly string[], scripts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Contact ledger – GraphiQL</title>',
    '<link rel="icon" href="data:,">',
    ...styles.map((path) => `<link rel="stylesheet" href="${path}">`),
    ...scripts.map((path) => `<script defer src="${path}"></script>`),
    '</head>',
    '<body>',
    '<div id="graphiql">Loading …</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A served file rather than an inline script, which the page's own policy forbids. */
function startScript(exampleQueries: readonly ExampleQuery[], needsToken: boolean): string {
  const headers = needsToken ? '{\n  "Authorization": "Bearer "\n}' : undefined;
  const tabs = JSON.stringify(
    exampleQueries.map((example) => ({ ...tabOf(example), ...(headers && { headers }) })),
    null,
    2,
  );
  const firstTool = headers
    ? "'headers'"
    : "tabs.some((tab) => tab.variables !== undefined) ? 'variables' : false";
  return `'use strict';
const tabs = ${tabs};
// What the browser keeps belongs to these tabs: another ledger at the same address begins with its own.
const prefix = '${digestOf(Buffer.from(tabs))}:';
const own = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
const storage = {
  get length() { return own().length; },
  getItem: (key) => localStorage.getItem(prefix + key),
  setItem: (key, value) => localStorage.setItem(prefix + key, value),
  removeItem: (key) => localStorage.removeItem(prefix + key),
  clear: () => own().forEach((key) => localStorage.removeItem(key)),
};
// Subscriptions go over a WebSocket of the same origin, and send the headers of the tab when it opens.
const socket = new URL('/graphql', location.href.replace(/^http/, 'ws'));
// GraphiQL leaves the variables of its first default tab out unless they are handed over once more; on a later visit
// it restores its own tabs.
const isFirstVisit = storage.getItem('graphiql:tabState') === null;
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl: socket.href }),
    storage,
    defaultTabs: tabs.length > 0 ? tabs : undefined,
    variables: isFirstVisit ? tabs[0]?.variables : undefined,
    defaultHeaders: ${JSON.stringify(headers ?? '')},
    defaultEditorToolsVisibility: ${firstTool},
  }),
);
`;
}

function tabOf(example: ExampleQuery): { query: string; variables?: string } {
  // Comment lines as wide as the editor.
  const title = example.title.replace(/(\S{49,}|.{1,48})(?:\s+|$)/g, '# $1\n').trimEnd();
  return {
    query: `${title}\n${example.query.trim()}\n`,
    ...(example.variables === undefined ? {} : { variables: JSON.stringify(example.variables, null, 2) }),
  };
}

function readPackageFile(packageName: string, path: string): Buffer {
  return readFileSync(join(dirname(require.resolve(`${packageName}/package.json`)), path));
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

function etagOf(body: Buffer): string {
  return `"${digestOf(body)}"`;
}
