// The real program, as `rokad sandbox` in a folder of its own, for as long as one file of tests runs.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The built program. */
const PROGRAM =
  process.env.ROKAD_PROGRAM ?? new URL('../../target/debug/rokad', import.meta.url).pathname;

/** Milliseconds after which a start hangs; a laptop needs half a second. */
const START_MS = 90_000;

/** Milliseconds after which a stop hangs; the gateway gives work under way 8 s. */
const STOP_MS = 90_000;

/** What `sandbox.json` says, with `log()`, `stop()` and `tell(command)`, by which an operator works beside it. */
export async function startGateway() {
  const data = await mkdtemp(join(tmpdir(), 'rokad-browser-'));
  const child = spawn(PROGRAM, ['sandbox', '--data', data, '--listen', '127.0.0.1:0']);
  const log = keepLog(child);
  dieTogether(child, data);
  try {
    await ready(child, log);
    const description = JSON.parse(await readFile(join(data, 'sandbox.json'), 'utf8'));
    const tell = (...command) => promisify(execFile)(PROGRAM, [...command, '--data', data]);
    return { ...description, data, log, tell, stop: () => stop(child, data) };
  } catch (error) {
    await stop(child, data);
    throw new Error(`${PROGRAM} does not start: ${error.message}\n${log()}`, { cause: error });
  }
}

function keepLog(child) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  return () => text;
}

/** `sandbox.json` is written before the screen says that all is ready. */
function ready(child, log) {
  const { promise, resolve, reject } = deferred();
  const timer = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms`)), START_MS);
  child.stdout.on('data', () => log().includes('is ready') && resolve());
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  return promise.finally(() => clearTimeout(timer));
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

async function stop(child, data) {
  if (child.pid && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
  await rm(data, { recursive: true, force: true });
}

/** A test run that is interrupted leaves nothing behind. */
function dieTogether(child, data) {
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => process.exit(1));
  }
}
