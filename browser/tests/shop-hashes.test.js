// The shop of the tests signs as the document says: known answers, computed elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHash, responseHash } from '../harness/shop.js';

const ORDER = {
  key: 'gtKFFx',
  txnid: 'T100000001',
  amount: '125.00',
  productinfo: 'Blue pen',
  firstname: 'Asha',
  email: 'asha@example.com',
  ...{ udf1: 'a', udf2: 'b', udf3: 'c', udf4: 'd', udf5: 'e' },
};
const SALT = 'eCwWELxi';

test('an order is signed', () => {
  const known =
    '1980bd28053bb7e9d446d08a2f7d30ee1bda159f4f9b01ffbdb6939779e40552e10b6589b8080e6d875a3273b1e84db64fdfe37427afdd2edc82e9202c6de034';
  assert.equal(requestHash(ORDER, SALT), known);
});

test('an outcome is verified', () => {
  const known =
    '6a2a3de3ed1d1b8360a79a63d1ba6258c6bf39d1fb170019e73f8222a906f7445e25cebdf3ecd0db17b1a8c7eedc37fcef19b9de8c341a3b48be77665736abeb';
  assert.equal(responseHash({ ...ORDER, status: 'success' }, SALT), known);
});

test('charges stand in front', () => {
  const known =
    '953b41ef85d519c363990363d4a56941d8b0e6e0007c4451a1e98854eae925c41fabf7649e8b51f032f8c35215a2616d7669cc0445d6a87767baa18ce6f4c338';
  assert.equal(responseHash({ ...ORDER, status: 'success', additionalCharges: '3.56' }, SALT), known);
});
