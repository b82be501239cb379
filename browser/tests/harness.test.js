// The harness itself: what it is there to catch, it catches.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from '../harness/look.js';
import { axe, launch, visit, weight } from '../harness/page.js';
import { startSite } from '../harness/site.js';

const PAGES = {
  '/elsewhere': `<img src="http://example.org/pixel.gif" alt="">`,
  '/policy': `<script src="data:text/javascript,1"></script>`,
  '/console': `<script>console.error('lost')</script>`,
  '/thrown': `<script>throw new Error('broken')</script>`,
  '/faint': `<p style="color: #bbb; background: #fff">faint</p>`,
  '/weighed': `<link rel="stylesheet" href="/style.css"><script src="/script.js"></script><p>ink</p>`,
  '/style.css': 'p{color:#111}',
  '/script.js': 'void 0;',
};
const TYPES = { css: 'text/css', js: 'text/javascript' };
const HEAD = '<!doctype html><html lang="en"><title>page</title><link rel="icon" href="data:,"><main>';

let browser;
let site;

before(async () => {
  browser = await launch();
  site = await startSite(({ url }) => {
    const type = TYPES[url.split('.').at(1)];
    const policy = url === '/policy' ? "script-src 'self'" : "default-src * 'unsafe-inline' data:";
    return {
      headers: { 'content-security-policy': policy, ...(type && { 'content-type': type }) },
      body: type ? PAGES[url] : HEAD + PAGES[url],
    };
  });
});

after(async () => {
  await browser.close();
  await site.stop();
});

async function open(path, how, body) {
  const window = await visit(browser, look(how));
  try {
    await window.page.goto(site.url + path);
    await body(window);
  } finally {
    await window.context.close();
  }
}

const CAUGHT = {
  '/elsewhere': /asked another host: http:\/\/example\.org/,
  '/policy': /policy: script-src-elem forbids data/,
  '/console': /console: lost/,
  '/thrown': /script: broken/,
};

for (const [path, words] of Object.entries(CAUGHT)) {
  test(`what ${path} does is caught`, () =>
    open(path, {}, async ({ troubles }) => assert.match(troubles.join('\n'), words)));
}

for (const script of [true, false]) {
  test(`faint text is found, with the page's scripts ${script ? 'on' : 'off'}`, () =>
    open('/faint', { script }, async ({ page }) => {
      await assert.rejects(axe(page), /color-contrast/);
    }));
}

test('a page weighs what its document, style and script weigh', () =>
  open('/weighed', {}, async ({ page, troubles }) => {
    const sum = ['/weighed', '/style.css', '/script.js'].map((path) => PAGES[path].length);
    assert.equal(await weight(page), sum.reduce((a, b) => a + b, HEAD.length));
    assert.deepEqual(troubles, []);
    await axe(page);
  }));
