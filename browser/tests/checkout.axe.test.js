// Everybody can use each page of the checkout.

import { CARDS, MAGIC_CARDS, newCustomer } from '../harness/customer.js';
import { look, pairs } from '../harness/look.js';
import { goodPage } from '../harness/page.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { each } = suite({ shop: startShop });

const READERS = pairs({ light: 'dark' });
/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', light: 'dark' })];
const WITHOUT_SCRIPTS = BOTH.map((how) => look({ ...how, script: false }));

each(READERS, 'choosing how to pay is for everybody, whichever way is open', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  for (const method of ['card', 'upi', 'netbanking']) {
    await customer.opens(method);
    await goodPage(world, `checkout choose ${method}`);
  }
});

each(BOTH, 'mistakes and failures are told to everybody', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.typesCard({ number: '5123456789012345' });
  await customer.presses('pay-card');
  await goodPage(world, 'checkout mistake');
  await customer.paysByCard({ number: CARDS.failing });
  await customer.isToldOfFailure();
  await goodPage(world, 'checkout failed');
});

each(BOTH, "the bank's pages and the way back from them are for everybody", async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysAtBank();
  await world.page.locator('input[name=user]').waitFor();
  await goodPage(world, 'checkout bank sign in');
  await customer.signsInAtBank();
  await customer.confirmsAtBank('000000');
  await world.page.locator('#error').waitFor();
  await goodPage(world, 'checkout bank password');
  await world.page.goto(customer.checkout);
  await world.page.locator('#continue').waitFor();
  await goodPage(world, 'checkout at bank');
});

each(BOTH, 'waiting for an app is for everybody', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByUpi('expire@payu');
  await world.page.locator('#reload').waitFor();
  await goodPage(world, 'checkout in app');
});

each(WITHOUT_SCRIPTS, 'the outcome is shown to everybody', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByCard({ number: MAGIC_CARDS.paysAtOnce });
  await world.page.locator('#outcome').waitFor();
  await goodPage(world, 'checkout paid');
});

each(WITHOUT_SCRIPTS, 'that it was cancelled is shown to everybody', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await goodPage(world, 'checkout choose');
  await customer.presses('cancel');
  await world.page.locator('#outcome').waitFor();
  await goodPage(world, 'checkout cancelled');
});

each(BOTH, 'a wallet, and a bank that is silent, are for everybody', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.paysByWallet();
  await customer.seesOtpPage();
  await goodPage(world, 'checkout wallet password');
  await customer.confirmsAtBank();
  await world.page.locator('button[value=confirm]').waitFor();
  await goodPage(world, 'checkout wallet balance');
  await customer.cancelsAtBank();
  await customer.isToldOfFailure();
  await customer.paysByCard({ number: MAGIC_CARDS.neverReceived });
  await world.page.locator('#reload').waitFor();
  await goodPage(world, 'checkout checking');
});
