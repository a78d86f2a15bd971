// The GraphiQL page: in a real browser, without internet, and how its files are served.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AuthenticationFailure } from '../../src/auth/viewer.ts';
import { localViewer, startStubServer } from './stub-server.ts';

const exampleQueries = [
  {
    title: 'Greets one person',
    query: 'query Greet($name: String) {\n  greeting(name: $name)\n}',
    variables: { name: 'Grace' },
  },
  { title: 'What a refusal looks like', query: 'query Refused {\n  refused\n}' },
  { title: 'Greets again and again', query: 'subscription Live {\n  greetings\n}' },
];

const browserPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));
const isBrowserRequired = process.env['REQUIRE_BROWSER'] === '1';

async function openBrowser(): Promise<BrowserContext> {
  if (browserPath === undefined) {
    throw new Error(
      'REQUIRE_BROWSER=1, but there is no Chromium. Install it or set CHROMIUM_PATH to its program.',
    );
  }
  const profile = await mkdtemp(join(tmpdir(), 'contact-ledger-browser-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath,
    viewport: { width: 1280, height: 800 },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  onTestFinished(async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return browser;
}

/** GraphiQL takes over the name of a tab's operation a moment after its text. */
async function settled(page: Page, operationName: string): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(
        "Object.entries(localStorage).find(([key]) => key.endsWith(':graphiql:operationName'))?.[1]",
      ),
    )
    .toBe(operationName);
}

describe('in a browser', () => {
  test.skipIf(browserPath === undefined && !isBrowserRequired)(
    'the page shows the example queries, runs the first and talks to nobody but this server',
    async () => {
      const server = await startStubServer({ exampleQueries });
      const browser = await openBrowser();
      const page = browser.pages()[0] ?? (await browser.newPage());
      const foreign: string[] = [];
      const complaints: string[] = [];
      browser.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${server.url}/`) && !url.startsWith('data:')) foreign.push(url);
      });
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
      });
      await page.addInitScript({
        content:
          "document.addEventListener('securitypolicyviolation', (event) =>" +
          "console.error('policy violated', event.violatedDirective, event.blockedURI));",
      });

      await page.goto(server.url);
      const editor = page.locator('.graphiql-query-editor');
      await editor.getByText('# Greets one person').waitFor();
      expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
        'Greet',
        'Refused',
        'Live',
      ]);
      await page.locator('.graphiql-editor-tool').getByText('"Grace"').waitFor();

      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('"Hello Grace"').waitFor();

      await page.getByLabel('Show Documentation Explorer').click();
      await page.locator('.graphiql-doc-explorer').getByText('Mutation').first().waitFor();

      await page.locator('.graphiql-tab-button').nth(1).click();
      await settled(page, 'Refused');
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('This contact was merged.').waitFor();

      await page.locator('.graphiql-tab-button').nth(2).click();
      await settled(page, 'Live');
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('"Hello again"').waitFor();

      await page.getByLabel('Open settings dialog').click();
      await page.getByText('Dark', { exact: true }).click();
      await page.keyboard.press('Escape');
      await page.getByLabel('Show History').click();

      await page.locator('.graphiql-tab-button').nth(0).click();
      await page.locator('.graphiql-editor-tool').getByText('"Grace"').waitFor();

      expect(foreign).toEqual([]);
      expect(complaints).toEqual([]);
      expect(server.logged).toEqual([]);
    },
  );

  test.skipIf(browserPath === undefined && !isBrowserRequired)(
    'another ledger at the same address begins with queries of its own',
    async () => {
      const browser = await openBrowser();
      const page = browser.pages()[0] ?? (await browser.newPage());
      const tabs = page.locator('.graphiql-tab-button');
      const first = await startStubServer({ exampleQueries });
      await page.goto(first.url);
      await tabs.getByText('Greet').waitFor();
      await first.close();

      const port = Number(new URL(first.url).port);
      const queries = ['Another', 'Third'].map((name) => ({
        title: name,
        query: `query ${name} {\n  refused\n}`,
      }));
      await startStubServer({ exampleQueries: queries, port });
      await page.goto(first.url);
      await tabs.getByText('Another').waitFor();
      expect(await tabs.allTextContents()).toEqual(['Another', 'Third']);
    },
  );

  test.skipIf(browserPath === undefined && !isBrowserRequired)(
    'the page sends the token that is put into its headers, where one is needed',
    async () => {
      const server = await startStubServer({
        exampleQueries,
        authenticator: {
          isRequired: () => true,
          authenticate: async (authorization) => {
            if (authorization === 'Bearer good') return localViewer;
            throw new AuthenticationFailure('UNAUTHENTICATED', 'Send a token.');
          },
        },
      });
      const browser = await openBrowser();
      const page = browser.pages()[0] ?? (await browser.newPage());
      await page.goto(server.url);
      const headers = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
      await headers.getByText('"Authorization"').waitFor();
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('UNAUTHENTICATED').waitFor();

      await headers.click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText('{ "Authorization": "Bearer good" }');
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('"Hello Grace"').waitFor();

      await page.locator('.graphiql-tab-button').nth(2).click();
      await settled(page, 'Live');
      await headers.click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText('{ "Authorization": "Bearer good" }');
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.graphiql-response').getByText('"Hello again"').waitFor();
    },
  );
});

describe('over HTTP', () => {
  test('the page has a policy that lets it load from this server only, and no inline script', async () => {
    const server = await startStubServer({ exampleQueries });
    const response = await fetch(server.url);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
    const html = await response.text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(html.match(/<script\b.*?<\/script>/gs)).toSatisfy((scripts: string[]) =>
      scripts.every((script) => /^<script defer src="\/assets\/[^"]+"><\/script>$/.test(script)),
    );
  });

  test('its files have types, may be kept for ever and are not sent again', async () => {
    const server = await startStubServer({ exampleQueries });
    const html = await (await fetch(server.url)).text();
    const paths = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(paths.map((path) => path.split('/').at(-1))).toEqual([
      'graphiql.min.css',
      'page.css',
      'react.production.min.js',
      'react-dom.production.min.js',
      'graphiql.min.js',
      'start.js',
    ]);
    for (const path of paths) {
      const first = await fetch(server.url + path);
      expect(first.status).toBe(200);
      expect(first.headers.get('content-type')).toMatch(
        path.endsWith('.js') ? /^text\/javascript/ : /^text\/css/,
      );
      expect(first.headers.get('x-content-type-options')).toBe('nosniff');
      expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect((await first.arrayBuffer()).byteLength).toBeGreaterThan(0);
      const etag = first.headers.get('etag') ?? '';
      const again = await fetch(server.url + path, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
    }
  });

  test('HEAD answers the headers alone', async () => {
    const server = await startStubServer();
    const response = await fetch(server.url, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});
