// The form itself: what it says of mistakes, to whom, in which language, and by which keys.

import assert from 'node:assert/strict';
import { CARDS, newCustomer, OTP } from '../harness/customer.js';
import { LANGUAGES, look, looks } from '../harness/look.js';
import { startShop } from '../harness/shop.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite({ shop: startShop });

const READERS = looks({ language: LANGUAGES });
const WITHOUT_SCRIPTS = looks({ language: LANGUAGES, script: [false] });

/** A field, a mistake in it, and how it is put right. */
const MISTAKES = [
  ['card_number', '5123456789012345', CARDS.mastercard],
  ['card_expiry', '13/39', '12/39'],
  ['card_cvv', '12', '123'],
];

each(READERS, 'a mistake is named beside its field when it is left, and goes when it is put right', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.opens('card');
  for (const [field, wrong, right] of MISTAKES) {
    const [input, fault] = [world.page.locator(`#${field}`), world.page.locator(`#${field}-fault`)];
    await input.fill(wrong);
    await input.press('Tab');
    assert.equal(await input.getAttribute('aria-invalid'), 'true', field);
    assert.notEqual((await fault.innerText()).trim(), '', field);
    await input.fill(right);
    await input.press('Tab');
    assert.equal(await input.getAttribute('aria-invalid'), null, field);
    assert.equal((await fault.innerText()).trim(), '', field);
  }
});

test('a card number falls into fours, and its scheme is named', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  await customer.opens('card');
  const number = world.page.locator('#card_number');
  await number.pressSequentially(CARDS.visa);
  assert.equal(await number.inputValue(), '4012 0010 3714 1112');
  assert.match(await world.page.locator('#scheme').innerText(), /visa/i);
});

test('"Pay" with mistakes sends nothing and leads to the first of them', async (world) => {
  const customer = await newCustomer(world).goesToCheckout();
  const sent = [];
  world.page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await customer.typesCard({ cvv: '1' });
  await customer.presses('pay-card');
  assert.equal(await focused(world.page), 'card_cvv');
  assert.deepEqual(sent, []);
});

each(
  WITHOUT_SCRIPTS,
  'the server names every mistake, keeps what may be kept, and the summary has the focus',
  async (world) => {
    const { page } = world;
    const customer = await newCustomer(world).goesToCheckout();
    await customer.typesCard({ number: '5123456789012345', expiry: '13/39', name: 'Asha Rao' });
    await customer.presses('pay-card');
    await page.locator('#errors[role=alert]').waitFor();
    assert.equal(await focused(page), 'errors');
    const links = await page.locator('#errors a').evaluateAll((all) => all.map((a) => a.hash));
    assert.deepEqual(links, ['#card_number', '#card_expiry']);
    assert.equal(await page.locator('#card_name').inputValue(), 'Asha Rao');
    for (const secret of ['card_number', 'card_cvv']) {
      assert.equal(await page.locator(`#${secret}`).inputValue(), '', `${secret} is not sent back`);
    }
    await customer.paysByCard();
    await customer.confirmsAtBank();
    await customer.returnsHavingPaid('CC');
  },
  { expected: /status of 4\d\d/ },
);

each(
  WITHOUT_SCRIPTS,
  'a UPI ID that is none is kept, to be put right',
  async (world) => {
    const customer = await newCustomer(world).goesToCheckout();
    await customer.paysByUpi('asha');
    await world.page.locator('#errors').waitFor();
    assert.equal(await world.page.locator('#vpa').inputValue(), 'asha');
  },
  { expected: /status of 4\d\d/ },
);

each([look({ device: 'desktop' })], 'a card pays by keys alone', async (world) => {
  const { page } = world;
  const { keyboard } = page;
  const customer = newCustomer(world);
  await page.goto(world.shop.basket(customer.order));
  await tabTo(page, '#buy');
  await keyboard.press('Enter');
  await page.locator('#method-card').waitFor();
  await tabTo(page, '#method-card summary');
  if (!(await page.locator('#card_number').isVisible())) await keyboard.press('Enter');
  for (const [id, text] of [['number', CARDS.mastercard], ['expiry', '1239'], ['cvv', '123'], ['name', 'Asha Rao']]) {
    await tabTo(page, `#card_${id}`);
    await keyboard.type(text);
  }
  await tabTo(page, '#pay-card');
  await keyboard.press('Enter');
  await customer.seesOtpPage();
  await tabTo(page, 'input[name=otp]');
  await keyboard.type(OTP);
  await keyboard.press('Enter');
  await customer.returnsHavingPaid('CC');
});

each([look(), look({ script: false })], 'the language can be changed, and stays through the bank', async (world) => {
  const { page } = world;
  const customer = await newCustomer(world).goesToCheckout();
  assert.equal(await language(page), 'en');
  await customer.presses('lang');
  await page.locator('html[lang=hi]').waitFor();
  await customer.paysByCard({ number: CARDS.failing });
  await page.locator('#notice').waitFor();
  assert.equal(await language(page), 'hi');
});

test('the amount and the merchant are always in sight', async (world) => {
  const { order } = await newCustomer(world).goesToCheckout();
  assert.equal(await world.page.locator('#amount').innerText(), `₹${order.amount}`);
  assert.match(await world.page.locator('.merchant').innerText(), /Demo Shop/);
  await world.page.locator('#test-mode').waitFor();
});

const language = (page) => page.locator('html').getAttribute('lang');
const focused = (page) => page.evaluate(() => document.activeElement.id);

/** Keys that a customer presses until something has the focus; more of them would be a trap. */
const TABS_MAX = 40;

async function tabTo(page, selector) {
  const hasFocus = () => page.locator(selector).evaluate((node) => node === document.activeElement);
  for (let pressed = 0; pressed < TABS_MAX && !(await hasFocus()); pressed++) await page.keyboard.press('Tab');
  assert.ok(await hasFocus(), `the Tab key reaches ${selector}`);
}
