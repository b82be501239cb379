// Whatever customers press, reload or open twice: one order is paid at most once, and leaving is always possible.

import assert from 'node:assert/strict';
import { CARDS, newCustomer, pick } from '../harness/customer.js';
import { look, pairs } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

const EVERYONE = pairs({ script: false });
const BOTH = [look(), look({ device: 'desktop', script: false })];

each(EVERYONE, 'who cancels is back in the shop, which hears that it was the customer', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.presses('cancel');
  const cancelled = { status: 'failure', unmappedstatus: 'userCancelled', error: 'E000' };
  assert.deepEqual(pick(await customer.returnsTo('furl'), cancelled), cancelled);
});

each(BOTH, 'opening the checkout again after paying does not pay again', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
  await world.page.goto(customer.checkout);
  await customer.returnsHavingPaid('CC');
});

each(BOTH, 'the back button leads from the shop to the outcome, and stays there', async (world) => {
  const { page, shop } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
  await page.goBack();
  await page.locator('#outcome[data-outcome=paid]').waitFor();
  await page.locator('#going').waitFor({ state: world.look.script ? 'hidden' : 'visible' });
  assert.equal(await page.locator('#going').count(), 1);
  assert.equal(shop.heard(customer.order).length, 1, 'nothing was posted by itself');
  await page.locator('#back').click();
  await page.waitForURL(`${shop.url}/surl`);
  assert.equal(shop.heard(customer.order).length, 2);
});

each(BOTH, 'the back button leads from the bank to the checkout, and stays there', async (world) => {
  const { page } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.seesOtpPage();
  await page.goBack();
  await page.locator('#continue').waitFor();
  assert.equal(await page.locator('meta[http-equiv=refresh]').count(), 0, 'it does not lead on by itself');
  await customer.presses('continue');
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
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
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
  if (world.look.script) assert.equal(sent.length, 1);
});

test('the same form sent twice at once leads to the same page of the bank', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.typesCard();
  const form = world.page.locator('form:has(#pay-card)');
  const action = await form.evaluate(({ action }) => action);
  const fields = await form.evaluate((it) => Object.fromEntries(new FormData(it)));
  const send = async () => (await world.page.request.post(action, { form: fields })).text();
  const banks = (await Promise.all([send(), send()])).map((html) => /id="continue" href="([^"]+)"/.exec(html)?.[1]);
  assert.ok(banks[0], 'a page that leads to the bank');
  assert.equal(banks[0], banks[1]);
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

each(BOTH, 'who comes back from the bank without paying may choose another way', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.seesOtpPage();
  await world.page.goto(customer.checkout);
  await customer.presses('change');
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
});

each(BOTH, 'every page may be loaded again', async (world) => {
  const { page } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await page.reload();
  await customer.paysByCard();
  await customer.seesOtpPage();
  await page.reload();
  await customer.seesOtpPage();
  await page.goto(customer.checkout);
  await page.locator('#continue').waitFor();
  await page.reload();
  await customer.presses('continue');
  await customer.confirmsAtBank();
  await page.locator('#outcome').waitFor();
  if (!world.look.script) await page.reload();
  await customer.returnsHavingPaid('CC');
});
