// Going back and loading again: no page is a trap, and none charges twice.

import assert from 'node:assert/strict';
import { newCustomer } from '../harness/customer.js';
import { look } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { each } = suite({ shop: startShop });

/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', script: false })];

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
  assert.equal(await page.locator('#going').isHidden(), true, 'it does not say that it leads on');
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
