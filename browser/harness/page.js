// A page in a real Chromium, watched: what a customer's browser would complain about fails the test.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { contextOptions } from './look.js';

const CHROMIUM = process.env.ROKAD_CHROMIUM ?? '/usr/bin/chromium-headless-shell';

const PICTURES =
  process.env.ROKAD_PICTURES ?? new URL('../../target/browser/', import.meta.url).pathname;

/** Milliseconds after which a step on a page hangs. No test needs a step to be fast. */
export const STEP_MS = 90_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No name is resolved, so that nothing can leave the machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** How each window looks at its pages. */
const looks = new WeakMap();

/** Opens a browser window with nothing in it. `visit.page` is its page, `visit.troubles` what went wrong in it. */
export async function visit(browser, look) {
  const context = await browser.newContext(contextOptions(look));
  looks.set(context, look);
  context.setDefaultTimeout(STEP_MS);
  const troubles = [];
  await context.addInitScript(reportPolicyViolations);
  context.on('page', (page) => watch(page, troubles));
  const page = await context.newPage();
  return { look, context, page, troubles };
}

/** Beside the browser's own message on the console, which does not always come. */
function reportPolicyViolations() {
  document.addEventListener('securitypolicyviolation', (violation) => {
    console.error(`policy: ${violation.effectiveDirective} forbids ${violation.blockedURI}`);
  });
}

const parts = new WeakMap();

function watch(page, troubles) {
  page.on('request', (request) => {
    if (!isLoopback(request.url())) troubles.push(`asked another host: ${request.url()}`);
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) parts.set(page, []);
  });
  page.on('response', (response) => parts.get(page)?.push(response));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
}

function isLoopback(address) {
  const { protocol, hostname } = new URL(address);
  return ['data:', 'blob:', 'about:'].includes(protocol) || ['127.0.0.1', 'localhost'].includes(hostname);
}

/** Bytes of the document, its styles and its scripts, unpacked. Only for pages that were shown a moment ago. */
export async function weight(page) {
  const counted = ['document', 'stylesheet', 'script'];
  const heavy = parts
    .get(page)
    .filter((response) => counted.includes(response.request().resourceType()) && response.ok());
  const bodies = await Promise.all(heavy.map((response) => response.body()));
  return bodies.reduce((sum, body) => sum + body.length, 0);
}

/** Bytes of a page, with its styles and scripts, unpacked. */
const WEIGHT_MAX = 30 * 1024;

/** Everybody can read it, it is light, nobody scrolls sideways, and there is a picture of it. */
export async function goodPage({ page, look }, name) {
  const bytes = await weight(page);
  assert.ok(bytes > 0 && bytes < WEIGHT_MAX, `${page.url()} weighs ${bytes} bytes`);
  await axe(page);
  await fitsItsWidth(page);
  await screenshot(page, `${name} ${look.name}`);
}

/** Nobody scrolls sideways to read. */
async function fitsItsWidth(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}

/** A picture of the whole page, for people. */
export async function screenshot(page, name) {
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${fileName(name)}.png`), fullPage: true });
}

const fileName = (sentence) => sentence.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, 120);

/** Words of WCAG 2.0 and 2.1, levels A and AA. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Throws the list of what a person with a disability would stumble over, if there is anything. */
export async function axe(page) {
  const { script } = looks.get(page.context());
  const violations = script ? await examine(page) : await withCopy(page, examine);
  if (violations.length > 0) {
    throw new Error(`axe finds at ${page.url()}:\n${violations.map(inWords).join('\n')}`);
  }
}

async function examine(page) {
  await page.evaluate(await axeSource);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }),
    AXE_TAGS,
  );
  return violations;
}

/** axe is a script: what a page shows without scripts is copied to where it can run. */
async function withCopy(page, body) {
  const options = contextOptions({ ...looks.get(page.context()), script: true });
  const context = await page.context().browser().newContext(options);
  try {
    const html = asShownWithoutScripts(await page.content());
    await context.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
    const copy = await context.newPage();
    await copy.goto(page.url());
    return await body(copy);
  } finally {
    await context.close();
  }
}

/** Without the reload by which a page that waits follows: nothing else is left to it, and the copy must stand still. */
function asShownWithoutScripts(html) {
  return html
    .replaceAll(/<script\b.*?<\/script>/gs, '')
    .replaceAll(/<\/?noscript>/g, '')
    .replaceAll(/<meta http-equiv="refresh"[^>]*>/g, '');
}

function inWords({ id, help, nodes }) {
  const places = nodes.map(({ html, failureSummary }) => `    ${html}\n      ${failureSummary}`);
  return `  ${id}: ${help}\n${places.join('\n')}`;
}
