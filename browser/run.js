// Runs the browser tests: `node run.js [PART OF A FILE'S NAME]...`; `cargo xtask test` calls it without arguments.

import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** Milliseconds after which a file of tests hangs: on a slow and busy machine, too, none takes half of it. */
const FILE_TIMEOUT_MS = 1_200_000;

/** Each file brings a gateway and a browser of its own, which wait half of the time. */
const FILES_AT_ONCE = 1 + availableParallelism();

const folder = new URL('tests/', import.meta.url);
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.js') && isWanted(name))
  .map((name) => new URL(name, folder).pathname)
  // Long files first, so that none is left over alone.
  .sort((a, b) => statSync(b).size - statSync(a).size);

if (files.length === 0) {
  console.error(`no test has a name with: ${wanted.join(', ')}`);
  process.exit(1);
}
run({ files, concurrency: FILES_AT_ONCE, timeout: FILE_TIMEOUT_MS })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
