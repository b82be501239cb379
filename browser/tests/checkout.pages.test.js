// What holds on every page of the checkout: it is closed to others, and tells the shop what the document says.

import assert from 'node:assert/strict';
import { newCustomer } from '../harness/customer.js';
import { SCRIPTS, look, looks } from '../harness/look.js';
import { goodPage } from '../harness/page.js';
import { POST_BACK_NAMES, startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

each(looks({ script: SCRIPTS }), 'no page can be framed, cached or made to load something foreign', async (world) => {
  const { page, gateway } = world;
  const answers = [];
  page.on('response', (response) => {
    const isPage = response.request().resourceType() === 'document' && response.status() === 200;
    if (isPage && response.url().startsWith(gateway.url)) answers.push(response);
  });
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
  assert.ok(answers.length >= 2);
  for (const answer of answers) assertClosed(answer);
});

function assertClosed(answer) {
  const headers = answer.headers();
  const policy = headers['content-security-policy'] ?? '';
  for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    assert.ok(policy.includes(rule), `${answer.url()}: ${policy}`);
  }
  assert.doesNotMatch(policy, /unsafe|\*|http/, answer.url());
  assert.equal(headers['x-frame-options'], 'DENY', answer.url());
  assert.equal(headers['x-content-type-options'], 'nosniff', answer.url());
  assert.match(headers['cache-control'] ?? '', /no-store/, answer.url());
}

test('a post-back has the fields of the document, in its order', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.confirmsAtBank();
  const { names, udf1, ...told } = await customer.returnsHavingPaid('CC');
  assert.deepEqual(names, POST_BACK_NAMES);
  assert.equal(udf1, 'shelf 7');
  for (const name of ['productinfo', 'firstname', 'email', 'phone', 'key', 'txnid']) {
    assert.equal(told[name], customer.order[name], name);
  }
});

each(
  [look(), look({ device: 'desktop', language: 'hi' })],
  'an order with a wrong hash is explained without the salt',
  async (world) => {
    const { page, shop, gateway } = world;
    const order = shop.order({ hash: '0'.repeat(128) });
    await page.goto(shop.basket(order));
    await page.locator('#buy').click();
    await page.waitForURL(`${gateway.url}/_payment`);
    const text = await page.locator('body').innerText();
    assert.match(text, /E700/);
    assert.ok(text.includes(`${order.txnid}|${order.amount}|${order.productinfo}`), 'the canonical string');
    assert.ok(!(await page.content()).includes(gateway.collect.salt), 'the salt is masked');
    await goodPage(world, 'checkout wrong hash');
  },
  { expected: /status of 4\d\d/ },
);
