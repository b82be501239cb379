// Paying by card, at once or after other tries.

import assert from 'node:assert/strict';
import { CARDS, MAGIC_CARDS, newCustomer } from '../harness/customer.js';
import { look, pairs } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

const EVERYONE = pairs({ script: false });
/** Where the road matters more than who walks it. */
const SOME = [look(), look({ device: 'desktop', language: 'hi', script: false })];

each(EVERYONE, 'a card pays', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.confirmsAtBank();
  const told = await customer.returnsHavingPaid('CC');
  assert.equal(told.cardnum, '512345XXXXXX2346');
  assert.equal(told.name_on_card, 'Asha Rao');
});

for (const [at, scheme] of ['visa', 'rupay'].entries()) {
  each([SOME[at]], `a card of ${scheme} pays`, async (world) => {
    const number = CARDS[scheme];
    const customer = await newCustomer(world).goesToCheckout();
    await customer.paysByCard({ number });
    await customer.confirmsAtBank();
    const told = await customer.returnsTo('surl');
    assert.ok(['CC', 'DC'].includes(told.mode), told.mode);
    assert.equal(told.cardnum, `${number.slice(0, 6)}XXXXXX${number.slice(-4)}`);
  });
}

test('a card pays without a page of the bank', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.paysAtOnce });
  await customer.returnsHavingPaid('CC');
});

each(SOME, 'after three wrong passwords the customer pays by UPI', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  for (const otp of ['000000', '111111', '222222']) await customer.confirmsAtBank(otp);
  await customer.isToldOfFailure();
  await customer.paysByUpi('asha@payu');
  await customer.returnsHavingPaid('UPI');
});

each(SOME, 'a customer who cancels at the bank can pay with another card', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard();
  await customer.cancelsAtBank();
  await customer.isToldOfFailure();
  await customer.paysByCard({ number: CARDS.visa });
  await customer.confirmsAtBank();
  await customer.returnsTo('surl');
});
