// The acquirer's own book: what customers were charged, whatever the gateway says of it.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Entries of a page of the book; no file of tests charges as often. */
const PAGE = 1000;

/** Everything captured, oldest first: `[{ reference, amount_paise, rrn, method, shown, at_ms }]`. */
export async function captured(gateway) {
  const instance = Buffer.from((await readFile(join(gateway.data, 'instance.key'), 'utf8')).trim(), 'hex');
  const key = createHmac('sha256', instance).update('sandbox bank').digest('hex');
  const answer = await fetch(`${gateway.bank}/v1/charges?after=0&limit=${PAGE}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (!answer.ok) throw new Error(`the book of the acquirer answers ${answer.status}`);
  return (await answer.json()).entries;
}
