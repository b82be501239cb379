// The demo shop of the sandbox sells: from its shelf over Rokad and the bank back to an order that is verified.

import assert from 'node:assert/strict';
import { newCustomer } from '../harness/customer.js';
import { look } from '../harness/look.js';
import { goodPage, weight } from '../harness/page.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite();

const EVERYONE = [look(), look({ device: 'desktop', light: 'dark' })];
const BUYERS = [look(), look({ script: false }), look({ device: 'desktop', light: 'dark' })];

/** Puts what the shelf offers into the basket and orders it; gives the order's number. */
async function order(page, gateway) {
  await page.goto(gateway.shop);
  await page.locator('#to-basket').click();
  await page.locator('#order').click();
  await page.waitForURL(`${gateway.shop}/orders/*`);
  return new URL(page.url()).pathname.split('/').at(-1);
}

/** A customer at the checkout with what the shop sells. */
async function buyer(world) {
  const txnid = await order(world.page, world.gateway);
  await world.page.locator('#pay').click();
  await world.page.waitForURL(`${world.gateway.url}/checkout/**`);
  return { txnid, customer: newCustomer(world, { txnid }) };
}

/** Back in the shop: without scripts the customer presses the button that a script presses. */
async function isBack({ page, gateway, look: how }, path) {
  if (!how.script) await page.locator('#back').click();
  await page.waitForURL(`${gateway.shop}/${path}`);
}

each(BUYERS, 'what is bought with a card comes back verified and paid', async (world) => {
  const { page, gateway } = world;
  const { txnid, customer } = await buyer(world);
  await customer.paysByCard();
  await customer.confirmsAtBank();
  await isBack(world, 'paid');
  assert.match(await page.locator('#verdict').innerText(), /✓ Verified/);
  assert.match(await page.locator('#facts').innerText(), /● Paid[^]*₹1,930\.00[^]*success \(captured\)/);
  assert.equal(await page.locator('#pay').count(), 0);
  await goodPage(world, 'shop order verified');
  await page.locator('#ask').click();
  assert.match(await page.locator('#answer').innerText(), new RegExp(txnid));
  await goodPage(world, 'shop order asked');
  await page.goto(`${gateway.shop}/orders`);
  assert.match(await page.getByRole('row').filter({ hasText: txnid }).innerText(), /● Paid/);
  await goodPage(world, 'shop orders');
});

each(BUYERS, 'who cancels is back in the shop with an order that is not paid', async (world) => {
  const { customer } = await buyer(world);
  await customer.presses('cancel');
  await isBack(world, 'failed');
  assert.match(await world.page.locator('#verdict').innerText(), /✓ Verified/);
  assert.match(await world.page.locator('#state').innerText(), /✕ Not paid/);
});

each(EVERYONE, 'shelf, basket, mistake and order are for everybody', async (world) => {
  const { page, gateway } = world;
  await page.goto(gateway.shop);
  await goodPage(world, 'shop shelf');
  assert.ok((await weight(page)) < 30 * 1024);
  await page.locator('#to-basket').click();
  await page.locator('#total').waitFor();
  await goodPage(world, 'shop basket');
  await page.locator('#email').fill('nowhere');
  await page.locator('#order').click();
  await page.locator('#errors').waitFor();
  assert.equal(await page.locator('#email').inputValue(), 'nowhere');
  await goodPage(world, 'shop basket mistake');
  await page.locator('#email').fill('asha@example.com');
  await page.locator('#order').click();
  await page.locator('#pay').waitFor();
  await goodPage(world, 'shop order');
}, { expected: /422/ });

test('the whole way to the order can be gone with the keyboard alone', async ({ page, gateway }) => {
  await page.goto(gateway.shop);
  await page.locator('#pen').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.locator('#name').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${gateway.shop}/orders/*`);
});
