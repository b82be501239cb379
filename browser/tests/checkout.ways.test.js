// Paying by anything but a card.

import assert from 'node:assert/strict';
import { newCustomer, pick } from '../harness/customer.js';
import { look, pairs } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { each } = suite({ shop: startShop });

const EVERYONE = pairs({ script: false });
const SOME = [look({ language: 'hi' }), look({ device: 'desktop', script: false })];

each(EVERYONE, 'UPI pays', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
});

each(SOME, 'a UPI request that is refused says that no money was taken', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('fail@payu');
  await customer.isToldOfFailure();
  await customer.presses('give-up');
  const failed = { status: 'failure', unmappedstatus: 'failed', mode: 'UPI' };
  assert.deepEqual(pick(await customer.returnsTo('furl'), failed), failed);
});

each(SOME, 'a page that waits for the app goes on by itself, also after it was loaded again', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('slow@payu');
  await world.page.locator('#reload').waitFor();
  await world.page.reload();
  await world.page.locator('#reload').waitFor();
  await customer.returnsHavingPaid('UPI');
});

each(EVERYONE, 'net banking pays after signing in at the bank', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysAtBank();
  await customer.signsInAtBank();
  await customer.confirmsAtBank();
  const told = await customer.returnsHavingPaid('NB');
  assert.equal(told.bankcode, 'TESTPGNB');
});

each(SOME, 'a wallet pays', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByWallet();
  await customer.confirmsAtBank();
  await customer.returnsHavingPaid('WALLET');
});
