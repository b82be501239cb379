// A customer with one order: what people do at the checkout and at the bank, in their words.

import assert from 'node:assert/strict';
import { captured } from './book.js';
import { STEP_MS } from './page.js';

/** Source: contract.md §3.5. */
export const CARDS = {
  mastercard: '5123456789012346',
  visa: '4012001037141112',
  rupay: '6082015309577308',
  failing: '6011111111111117',
};

/** Source: docs/sandbox-bank.md. */
export const MAGIC_CARDS = {
  paysAtOnce: '4012001037140015',
  poor: '4012001037140023',
  notAuthenticated: '4012001037140031',
  brandInvalid: '4012001037140049',
  unreachable: '4012001037140056',
  silentThenPaid: '4012001037140064',
  silentThenDeclined: '4012001037140072',
  silentThenAtBank: '4012001037140080',
  neverReceived: '4012001037140098',
  garbled: '4012001037140106',
  expiring: '4012001037140114',
};
export const OTP = '123456';

const GOOD_CARD = { number: CARDS.mastercard, expiry: '12/39', cvv: '123', name: 'Asha Rao' };

/** A customer in the window of the test, or in another one of the same browser with the same order. */
export function newCustomer({ page, shop, gateway, look }, order = shop.order()) {
  const customer = {
    order,
    page,

    /** Presses "Buy" in the shop; the address of the checkout is kept for later. */
    async goesToCheckout() {
      await page.goto(shop.basket(order));
      await page.locator('#buy').click();
      await page.waitForURL(`${gateway.url}/checkout/**`);
      customer.checkout = page.url();
      return customer;
    },

    async opens(method) {
      const way = page.locator(`#method-${method}`);
      if ((await way.getAttribute('open')) === null) await way.locator('summary').click();
    },

    async typesCard(differences = {}) {
      const card = { ...GOOD_CARD, ...differences };
      await customer.opens('card');
      for (const [field, value] of Object.entries(card)) await page.locator(`#card_${field}`).fill(value);
    },

    presses: (id) => page.locator(`#${id}`).click(),

    async paysByCard(differences) {
      await customer.typesCard(differences);
      await customer.presses('pay-card');
    },

    async paysByUpi(vpa) {
      await customer.opens('upi');
      await page.locator('#vpa').fill(vpa);
      await customer.presses('pay-upi');
    },

    async paysAtBank(code = 'TESTPGNB') {
      await customer.opens('netbanking');
      await page.locator('#bank').selectOption(code);
      await customer.presses('pay-netbanking');
    },

    /** With the first wallet of the list; at index 0 stands "choose". */
    async paysByWallet() {
      await customer.opens('wallet');
      await page.locator('#wallet').selectOption({ index: 1 });
      await customer.presses('pay-wallet');
    },

    async signsInAtBank(password = 'payu') {
      await page.locator('input[name=user]').fill('payu');
      await page.locator('input[name=password]').fill(password);
      await choice('login').click();
    },

    /** By itself or, when the checkout was opened anew meanwhile, by a press. */
    async goesOnToBank() {
      const stays = page.locator('html:not(:has(meta[http-equiv=refresh])) #continue');
      await page.locator('input[name=otp]').or(stays).waitFor();
      if (await stays.isVisible()) await stays.click();
    },

    async seesOtpPage() {
      await page.locator('input[name=otp]').waitFor();
      assert.notEqual(new URL(page.url()).origin, new URL(gateway.url).origin, "the bank's page is the bank's");
    },

    async confirmsAtBank(otp = OTP) {
      await customer.seesOtpPage();
      await page.locator('input[name=otp]').fill(otp);
      await choice('pay').click();
    },

    /** Comes to the bank's page when its time is over. */
    async isTooLateAtBank() {
      const over = page.getByRole('heading', { name: 'This page has expired' });
      await page.locator('input[name=otp]').or(over).waitFor();
      const patience = Date.now() + STEP_MS;
      while (!(await over.isVisible())) {
        assert.ok(Date.now() < patience, 'the page never expires');
        await page.reload();
      }
      await page.getByRole('link', { name: 'Back to the shop' }).click();
    },

    /** The second page of a wallet, after its one-time password. */
    confirmsInWallet: () => choice('confirm').click(),

    cancelsAtBank: () => choice('cancel').click(),

    /** Waits for the page of a code that stands for the order. */
    async asksForCode() {
      await customer.opens('upi_qr');
      await customer.presses('pay-upi_qr');
      await page.locator('#open-upi').waitFor();
    },

    /** Back at the checkout, told that it failed and, in their own language, that no money was taken. */
    async isToldOfFailure() {
      await page.locator('#notice[role=alert]').waitFor();
      assert.ok(page.url().startsWith(gateway.url));
      const sentence = look.language === 'hi' ? /[ऀ-ॿ]/ : /No money was taken/;
      assert.match(await page.locator('#notice').innerText(), sentence);
    },

    /** Lands in the shop, which has verified what it was told; gives the last post-back. */
    async returnsTo(landed) {
      if (!look.script) await page.locator('#back').click();
      await page.waitForURL(`${shop.url}/*url`);
      const told = shop.heard(order).at(-1);
      assert.equal(told.landed, landed);
      assert.equal(told.hashIsRight, true, 'the hash of the post-back');
      assert.equal(told.amount, order.amount);
      assert.deepEqual(await charges(), told.status === 'success' ? [told.bank_ref_num] : [], "the bank's own book");
      return told;
    },

    /** Lands in the shop with the money paid, once. */
    async returnsHavingPaid(mode) {
      const told = await customer.returnsTo('surl');
      assert.deepEqual(pick(told, PAID), { ...PAID, mode });
      return told;
    },
  };

  /** A button of the bank's pages. */
  const choice = (value) => page.locator(`button[name=choice][value=${value}]`);

  /** The bank's numbers of what was taken for the order. */
  const charges = async () => {
    const paise = Number(order.amount.replace('.', ''));
    return (await captured(gateway)).filter((entry) => entry.amount_paise === paise).map(({ rrn }) => rrn);
  };
  return customer;
}

const PAID = { status: 'success', unmappedstatus: 'captured', error: 'E000', mode: undefined };

/** The fields of `told` that `like` has. */
export const pick = (told, like) => Object.fromEntries(Object.keys(like).map((name) => [name, told[name]]));
