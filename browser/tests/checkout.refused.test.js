// Every way in which a payment fails: the customer hears that no money was taken, and the shop hears why it failed.

import assert from 'node:assert/strict';
import { CARDS, MAGIC_CARDS, newCustomer, pick } from '../harness/customer.js';
import { look } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { each } = suite({ shop: startShop });

/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', language: 'hi', script: false })];

const WRONG_OTPS = ['000000', '111111', '222222'];

async function answersWrongly(customer) {
  for (const otp of WRONG_OTPS) await customer.confirmsAtBank(otp);
}

const byCard = (card) => (customer) => customer.paysByCard(card);
const byUpi = (address) => (customer) => customer.paysByUpi(address);
const confirms = (customer) => customer.confirmsAtBank();
const tooLate = (customer) => customer.isTooLateAtBank();
const cancels = (customer) => customer.cancelsAtBank();

/** What the customer does, with what the shop hears. */
const FAILURES = [
  ['a card that always fails', 'CC', 'E308', byCard({ number: CARDS.failing })],
  ['three wrong passwords', 'CC', 'E301', byCard(), answersWrongly],
  ['turning back at 3-D Secure', 'CC', 'E302', byCard(), cancels],
  ['a refusal in the UPI app', 'UPI', 'E308', byUpi('fail@payu')],
  ['a wrong CVV', 'CC', 'E1670', byCard({ cvv: '999' })],
  ['too little money', 'CC', 'E308', byCard({ number: MAGIC_CARDS.poor }), confirms],
  ['a customer whom the bank does not know', 'CC', 'E300', byCard({ number: MAGIC_CARDS.notAuthenticated }), confirms],
  ['a brand that is not taken', 'CC', 'E201', byCard({ number: MAGIC_CARDS.brandInvalid })],
  ['a bank that is not reached', 'CC', 'E208', byCard({ number: MAGIC_CARDS.unreachable })],
  ['a one-time password that came too late', 'CC', 'E500', byCard({ number: MAGIC_CARDS.expiring }), tooLate],
  ['a bank that is silent, then declines', 'CC', 'E308', byCard({ number: MAGIC_CARDS.silentThenDeclined })],
  ['a UPI ID that nobody has', 'UPI', 'E1101', byUpi('asha@nobank')],
  ['turning back at the login', 'NB', 'E302', (customer) => customer.paysAtBank(), cancels],
  ['three wrong logins', 'NB', 'E300', (customer) => customer.paysAtBank(), logsInWrongly],
  ['turning back in the wallet', 'WALLET', 'E302', (customer) => customer.paysByWallet(), confirms, cancels],
];

async function logsInWrongly(customer) {
  for (const password of WRONG_OTPS) await customer.signsInAtBank(password);
}

for (const [what, mode, error, ...steps] of FAILURES) {
  each(BOTH, `${what} fails, and who gives up is back in the shop with ${error}`, async (world) => {
    const customer = await newCustomer(world).goesToCheckout();
    for (const step of steps) await step(customer);
    await customer.isToldOfFailure();
    await customer.presses('give-up');
    const failed = { status: 'failure', unmappedstatus: 'failed', mode, error };
    assert.deepEqual(pick(await customer.returnsTo('furl'), failed), failed);
  });
}
