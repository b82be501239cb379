// A payout, as a merchant's server asks for it.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';

/** Asks for ₹100.00 to be paid; gives the order's id. */
export async function payOut(gateway) {
  const orderId = `BROWSER${randomInt(100_000, 1_000_000)}`;
  const answer = await fetch(`${gateway.url}/payout/api/request.php`, {
    method: 'POST',
    body: JSON.stringify({
      payment_mode: 'imps',
      pid: gateway.payout.pid,
      order_id: orderId,
      amount: 100,
      account_holder: 'Asha Rao',
      account_no: '784731234567',
      bank: 'SBI',
      ifsc: 'SBIN0000300',
    }),
  });
  assert.equal(answer.status, 200, await answer.text());
  return orderId;
}
