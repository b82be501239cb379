// What the sandbox shows of payouts: the demo shop's page of callbacks, and the bank's book.

import assert from 'node:assert/strict';
import { look } from '../harness/look.js';
import { goodPage } from '../harness/page.js';
import { payOut } from '../harness/payout.js';
import { suite } from '../harness/suite.js';

const { test, each } = suite();

/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', light: 'dark' })];

each(BOTH, 'the shop shows a payout that was approved', async ({ page, gateway, look }) => {
  const order = await payOut(gateway);
  await page.goto(gateway.callbacks);
  const row = page.getByRole('row').filter({ hasText: order }).filter({ hasText: 'Approved' });
  while (!(await row.isVisible())) await page.getByRole('link', { name: 'Look again' }).click();
  assert.match(await row.innerText(), /₹100\.00/);
  await goodPage({ page, look }, 'shop payouts');
});

each(BOTH, 'the bank shows its book and its magic numbers', async ({ page, gateway, look }) => {
  await payOut(gateway);
  await page.goto(gateway.bank);
  await page.getByRole('heading', { name: 'Magic numbers' }).waitFor();
  await goodPage({ page, look }, 'bank');
});

test('both pages refuse frames, scripts and anything from elsewhere', async ({ page, gateway }) => {
  for (const address of [gateway.callbacks, gateway.bank]) {
    const answer = await page.goto(address);
    const policy = answer.headers()['content-security-policy'];
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(rule), `${address}: ${policy}`);
    }
  }
});
