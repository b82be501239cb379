// A sandbox in which nothing has happened yet.

import { look } from '../harness/look.js';
import { axe } from '../harness/page.js';
import { suite } from '../harness/suite.js';

const { each } = suite();
/** Two ways that have nothing in common. */
const BOTH = [look(), look({ device: 'desktop', light: 'dark' })];

each(BOTH, 'the shop says what will be here before anything is', async ({ page, gateway }) => {
  await page.goto(gateway.callbacks);
  await page.getByText('Nothing yet. Make a payout').waitFor();
  await axe(page);
});

each(BOTH, 'the list of orders says so, too', async ({ page, gateway }) => {
  await page.goto(`${gateway.shop}/orders`);
  await page.getByText('Nothing yet. Buy something').waitFor();
  await axe(page);
});
