// One gateway and one browser for all tests of a file; a window of its own for each test.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from './gateway.js';
import { look } from './look.js';
import { launch, screenshot, visit } from './page.js';

/**
 * Registers what a file of tests needs. `places` are started beside the gateway: functions of it that give an object
 * with `stop()`, handed to each test under the same name.
 */
export function suite(places = {}) {
  const world = {};
  const opened = [];
  let failed = false;

  before(async () => {
    world.gateway = await startGateway();
    opened.push(() => world.gateway.stop());
    world.browser = await launch();
    opened.push(() => world.browser.close());
    for (const [name, start] of Object.entries(places)) {
      world[name] = await start(world.gateway);
      opened.push(() => world[name].stop());
    }
  });

  after(async () => {
    for (const close of opened.reverse()) await close();
    if (failed) console.log(`What the gateway said:\n${world.gateway.log()}`);
  });

  /** A test in one window. It fails on trouble in the window, too, unless that is `expected`. */
  const inWindow = (sentence, how, body, { expected } = {}) => {
    const title = `${sentence} (${how.name})`;
    test(title, async () => {
      const window = await visit(world.browser, how);
      try {
        await body({ ...world, ...window });
        assertUntroubled(window.troubles, expected);
      } catch (error) {
        failed = true;
        await screenshot(window.page, `failed ${title}`).catch(() => {});
        error.message += `\nat ${window.page.url()}`;
        throw error;
      } finally {
        await window.context.close();
      }
    });
  };

  return {
    test: (sentence, body, options) => inWindow(sentence, look(), body, options),
    each: (looks, sentence, body, options) => {
      for (const how of looks) inWindow(sentence, how, body, options);
    },
  };
}

function assertUntroubled(troubles, expected) {
  const unexpected = troubles.filter((trouble) => !expected?.test(trouble));
  assert.deepEqual(unexpected, [], 'the browser complains');
}
