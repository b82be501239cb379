// Whatever customers press, reload or open twice: one order is paid at most once, and leaving is always possible.

import assert from 'node:assert/strict';
import { CARDS, newCustomer, pick } from '../harness/customer.js';
import { look } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', script: false })];

each(BOTH, 'who cancels is back in the shop, which hears that it was the customer', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.presses('cancel');
  const cancelled = { status: 'failure', unmappedstatus: 'userCancelled', error: 'E000' };
  assert.deepEqual(pick(await customer.returnsTo('furl'), cancelled), cancelled);
});

test('a form that another tab has overtaken changes nothing', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  const page = await world.context.newPage();
  const other = newCustomer({ ...world, page }, customer.order);
  await page.goto(customer.checkout);
  await other.paysByCard({ number: CARDS.failing });
  await other.isToldOfFailure();
  await customer.presses('cancel');
  await customer.isToldOfFailure();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
});

each(BOTH, 'buying the same order again after paying does not pay again', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
  await world.page.goto(world.shop.basket(customer.order));
  await world.page.locator('#buy').click();
  await world.page.locator('#see').click();
  await customer.returnsHavingPaid('UPI');
}, { expected: /status of 4\d\d/ });

each(BOTH, 'pressing "Pay" twice begins one attempt', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  const sent = [];
  world.page.on('request', (request) => request.url().endsWith('/pay') && sent.push(request));
  await customer.typesCard();
  await world.page.locator('#pay-card').dblclick();
  await customer.goesOnToBank();
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
  if (world.look.script) assert.equal(sent.length, 1);
});

test('the same form sent twice at once begins one attempt', async (world) => {
  const { page } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await customer.typesCard();
  const form = page.locator('form:has(#pay-card)');
  const action = await form.evaluate(({ action }) => action);
  const fields = await form.evaluate((it) => Object.fromEntries(new FormData(it)));
  const send = async () => (await page.request.post(action, { form: fields })).text();
  const answers = await Promise.all([send(), send()]);
  await page.goto(customer.checkout);
  const bank = await page.locator('#continue').getAttribute('href');
  for (const html of answers) {
    // Whoever comes second may be told that the bank is being asked, which leads to the same page.
    const led = /id="continue" href="([^"]+)"/.exec(html)?.[1];
    assert.ok(led === bank || html.includes('id="reload"'), html);
  }
  await customer.presses('continue');
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
});

each(BOTH, 'a second tab cannot pay while the first is at the bank, and shows what the first paid', async (world) => {
  const first = await newCustomer(world).goesToCheckout();
  const page = await world.context.newPage();
  const second = newCustomer({ ...world, page }, first.order);
  await page.goto(first.checkout);
  await second.typesCard();
  await first.paysByCard();
  await first.seesOtpPage();
  const bank = world.page.url();

  await second.presses('pay-card');
  await second.seesOtpPage();
  assert.equal(page.url(), bank, 'the attempt that is under way, not another');

  await first.confirmsAtBank();
  await first.returnsHavingPaid('CC');
  await second.confirmsAtBank();
  await second.returnsHavingPaid('CC');
});
