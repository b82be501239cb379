// A merchant's shop of the tests' own: it signs orders and verifies post-backs with code that shares nothing with Rokad's.

import { createHash, randomInt } from 'node:crypto';
import { startSite } from './site.js';

const sha512 = (text) => createHash('sha512').update(text, 'utf8').digest('hex');

const UDF = Array.from({ length: 10 }, (_, at) => `udf${at + 1}`);

/** The document's checksum of an order. */
export function requestHash(order, salt) {
  const hashed = ['key', 'txnid', 'amount', 'productinfo', 'firstname', 'email', ...UDF];
  return sha512([...hashed.map((name) => order[name] ?? ''), salt].join('|'));
}

/** The document's checksum of an outcome. */
export function responseHash(told, salt) {
  const hashed = [...UDF.toReversed(), 'email', 'firstname', 'productinfo', 'amount', 'txnid', 'key'];
  const text = [salt, told.status, ...hashed.map((name) => told[name] ?? '')].join('|');
  return sha512(told.additionalCharges ? `${told.additionalCharges}|${text}` : text);
}

/** The merchant of the sandbox. `order()` makes an order, `basket()` shows it, `heard()` lists what came back. */
export async function startShop(gateway) {
  const { key, salt } = gateway.collect;
  const [orders, postBacks] = [new Map(), []];
  // By its amount an order is found in the acquirer's book, to which it has no other name.
  const amount = () => `${100 + Math.floor(orders.size / 100)}.${String(orders.size % 100).padStart(2, '0')}`;
  const site = await startSite((request, body) => {
    const path = new URL(request.url, 'http://shop').pathname.slice(1);
    const known = orders.get(path.replace('basket/', ''));
    if (request.method === 'GET' && known) return { body: basketPage(gateway.url, known) };
    if (request.method !== 'POST' || !['surl', 'furl'].includes(path)) return { status: 404 };
    const pairs = [...new URLSearchParams(body)];
    const fields = Object.fromEntries(pairs);
    const hashIsRight = fields.hash === responseHash(fields, salt);
    postBacks.push({ ...fields, landed: path, names: pairs.map(([name]) => name), hashIsRight });
    return { body: page(`<h1>Thank you</h1><p>${path}</p>`) };
  });

  /** Signed, unless `differences` brings a hash of its own. */
  const order = (differences = {}) => {
    const made = {
      key,
      txnid: `T${Date.now()}${randomInt(1_000_000)}`,
      amount: amount(),
      productinfo: 'Blue pen',
      firstname: 'Asha',
      email: 'asha@example.com',
      phone: '9876543210',
      surl: `${site.url}/surl`,
      furl: `${site.url}/furl`,
      service_provider: 'payu_paisa',
      udf1: 'shelf 7',
      ...differences,
    };
    const signed = { hash: requestHash(made, salt), ...made };
    orders.set(signed.txnid, signed);
    return signed;
  };
  return {
    ...site,
    order,
    basket: ({ txnid }) => `${site.url}/basket/${txnid}`,
    heard: ({ txnid }) => postBacks.filter((told) => told.txnid === txnid),
  };
}

function basketPage(gateway, order) {
  const inputs = Object.entries(order).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
  );
  return page(`<form method="post" action="${gateway}/_payment">${inputs.join('')}<button id="buy">Buy</button></form>`);
}

const page = (main) =>
  `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title>` +
  `<link rel="icon" href="data:,"><main>${main}</main></html>`;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Names of a post-back in their order, without additionalCharges. Source: contract.md §3.2. */
export const POST_BACK_NAMES = [
  ...['isConsentPayment', 'mihpayid', 'mode', 'status', 'unmappedstatus', 'key', 'txnid', 'amount', 'addedon'],
  ...['productinfo', 'firstname', 'lastname', 'address1', 'address2', 'city', 'state', 'country', 'zipcode'],
  ...['email', 'phone', ...UDF, 'hash', ...Array.from({ length: 9 }, (_, at) => `field${at + 1}`)],
  ...['PG_TYPE', 'encryptedPaymentId', 'bank_ref_num', 'bankcode', 'error', 'error_Message', 'name_on_card'],
  ...['cardnum', 'cardhash', 'amount_split', 'payuMoneyId', 'discount', 'net_amount_debit'],
];
