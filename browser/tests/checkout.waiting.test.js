// Pages that wait: for an app, for a bank that does not answer, for somebody who scans a code.

import assert from 'node:assert/strict';
import { MAGIC_CARDS, newCustomer, pick } from '../harness/customer.js';
import { look } from '../harness/look.js';
import { goodPage } from '../harness/page.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', script: false })];

each(BOTH, 'a page that waits for the app goes on by itself', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('slow@payu');
  await customer.returnsHavingPaid('UPI');
});

each(BOTH, 'a page that waits for the app may be loaded again and left, and only the other way is charged', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('expire@payu');
  await world.page.locator('#reload').waitFor();
  await world.page.reload();
  await world.page.locator('#reload').waitFor();
  await customer.presses('change');
  await world.page.locator('#notice').waitFor();
  await customer.paysByCard({ number: MAGIC_CARDS.paysAtOnce });
  await customer.returnsHavingPaid('CC');
});

test('while a bank does not answer nobody is asked to pay again', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.neverReceived });
  await world.page.locator('#reload').waitFor();
  assert.equal(await world.page.locator('form').count(), 0, 'nothing to press');
});

each(BOTH, 'a page that waits for a bank goes on by itself', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.silentThenPaid });
  await customer.returnsHavingPaid('CC');
});

test('an answer that cannot be read is asked for again', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.garbled });
  await customer.returnsHavingPaid('CC');
});

test('a bank that was silent, and waits for its customer, can still be gone to', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.silentThenAtBank });
  await customer.presses('continue');
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('CC');
});

each([...BOTH, look({ device: 'desktop', language: 'hi', light: 'dark' })], 'a code to scan carries the amount and our reference, and counts down', async (world) => {
  const { page, look } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await customer.asksForCode();
  const link = new URL(await page.locator('#open-upi').getAttribute('href'));
  const reference = await page.locator('#reference').innerText();
  assert.equal(link.protocol, 'upi:');
  assert.equal(link.searchParams.get('am'), customer.order.amount);
  assert.equal(link.searchParams.get('tr'), reference);
  assert.notEqual(reference, '');
  await page.getByRole('img', { name: customer.order.amount }).waitFor();
  // Without scripts the page loads itself anew every five seconds, in the middle of any look at it.
  if (!look.script) return;
  await assertCountsDown(page);
  await goodPage(world, 'checkout code');
});

async function assertCountsDown(page) {
  const before = await page.locator('#left').innerText();
  await page.waitForFunction((text) => document.getElementById('left').textContent !== text, before);
}

each(BOTH, 'a code that was paid takes the customer back to the shop once the bank says so', async (world) => {
  const { page, gateway, shop, look } = world;
  const customer = await newCustomer(world).goesToCheckout();
  await customer.asksForCode();
  const reference = await page.locator('#reference').innerText();
  const utr = `UTR${reference.slice(-6)}`;
  const receipt = ['--utr', utr, '--amount', customer.order.amount, '--account', 'sandbox-main'];
  await gateway.tell('statement', 'confirm', reference, ...receipt);
  if (!look.script) await page.locator('#back').click();
  await page.waitForURL(`${shop.url}/*url`);
  const told = shop.heard(customer.order).at(-1);
  assert.equal(told.hashIsRight, true, 'the hash of the post-back');
  const paid = { landed: 'surl', status: 'success', mode: 'UPI', bank_ref_num: utr, amount: customer.order.amount };
  assert.deepEqual(pick(told, paid), paid);
});

test('a code that was shown can be paid at any time, so nothing else is offered, in no tab', async (world) => {
  const { page } = world;
  const customer = await newCustomer(world).goesToCheckout();
  const before = await world.context.newPage();
  await before.goto(customer.checkout);
  await customer.asksForCode();
  assert.equal(await page.locator('form').count(), 0, 'nothing to press');
  await before.locator('#cancel').click();
  await before.locator('#open-upi').waitFor();
  assert.equal(
    await before.locator('#reference').innerText(),
    await page.locator('#reference').innerText(),
    'the same code',
  );
});
