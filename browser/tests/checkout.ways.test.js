// Paying by anything but a card.

import assert from 'node:assert/strict';
import { newCustomer } from '../harness/customer.js';
import { look, pairs } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { each } = suite({ shop: startShop });

const EVERYONE = pairs({ script: false });
/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', script: false })];

each(EVERYONE, 'UPI pays', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
});

each(BOTH, 'net banking pays after signing in at the bank', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysAtBank();
  await customer.signsInAtBank();
  await customer.confirmsAtBank();
  const told = await customer.returnsHavingPaid('NB');
  assert.equal(told.bankcode, 'TESTPGNB');
});

each(BOTH, 'a wallet pays after it was opened', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByWallet();
  await customer.confirmsAtBank();
  await customer.confirmsInWallet();
  await customer.returnsHavingPaid('WALLET');
});
