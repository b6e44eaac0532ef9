/** Load by wrk, with a script that is written for the job. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { STRIDE } from './load.mjs';

/** @param {import('./load.mjs').Job} job @returns {Promise<import('./load.mjs').Load>} */
export async function loadByWrk(job) {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-wrk-'));
  try {
    const script = join(folder, 'job.lua');
    writeFileSync(script, scriptOf(job));
    // It knows whole seconds only.
    const time = ['-d', `${Math.max(1, Math.round(job.seconds))}s`, '--timeout', '20s'];
    const args = ['-t', '1', '-c', String(job.connections), ...time, '-s', script, job.request.url];
    const output = await run({ core: 'load', command: 'wrk', args });
    const line = /^RESULT (.*)$/m.exec(output)?.[1];
    if (line === undefined) throw new Error(`wrk said: ${output}`);
    return JSON.parse(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Lua text. @param {string} text */
const lua = (text) => `"${text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))}"`;

/** A Lua expression of a text in which `{value}` is the variable `value`. @param {string} text */
const template = (text) => text.split('{value}').map(lua).join(' .. value .. ');

/** @param {import('./load.mjs').Job} job */
function scriptOf({ request, values, skip = 0, chain = false, collect }) {
  const { pathname, search } = new URL(request.url);
  const headers = Object.entries(request.headers).map(([name, value]) => `[${lua(name)}] = ${template(value)}`);
  const body = request.body === undefined ? 'nil' : template(request.body);
  const made = `wrk.format(${lua(request.method)}, ${lua(pathname + search)}, { ${headers.join(', ')} }, ${body})`;
  const requests =
    values === undefined
      ? [`wrk.method = ${lua(request.method)}`, `wrk.body = ${body}`, ...headers.map((one) => `wrk.headers${one}`)]
      : [READ(lua(values)), chain ? CHAIN(made) : WALK(made, skip)];
  return ['again = 0', ...requests, collect === undefined ? '' : COLLECT(lua(collect)), DONE].join('\n');
}

/** Once in the thread: wrk itself runs the script, too. @param {string} file */
const READ = (file) => `
local values, count, last = {}, 0, 0
init = function()
  for line in io.lines(${file}) do count = count + 1; values[count] = line end
  last = count
end`;

/** Through all values, with long steps. @param {string} made @param {number} skip */
const WALK = (made, skip) => `
local at, used = ${skip * STRIDE}, 0
request = function()
  at = (at + ${STRIDE}) % count
  used = used + 1
  if used > count then again = 1 end
  local value = values[at + 1]
  return ${made}
end`;

/** An answer holds the value of a later request. There is one for each connection, and one that wrk asks for to look at. @param {string} made */
const CHAIN = (made) => `
local first = 1
request = function()
  local value = values[first]
  if value then
    values[first] = nil
    first = first + 1
  else
    again = 1
    value = "none"
  end
  return ${made}
end
response = function(status, headers, body)
  local successor = status == 200 and string.match(body, '"refresh_token":%s*"([^"]+)"')
  if successor then last = last + 1; values[last] = successor end
end`;

/** @param {string} file */
const COLLECT = (file) => `
local collected
response = function(status, headers, body)
  collected = collected or io.open(${file}, "w")
  local token = status == 200 and string.match(body, '"access_token":%s*"([^"]+)"')
  if token then collected:write(token, "\\n") end
end`;

const DONE = `
local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
done = function(summary, latency)
  local e = summary.errors
  local broken = e.connect + e.read + e.write + e.timeout + e.status
  local repeated = false
  for _, thread in ipairs(threads) do repeated = repeated or thread:get("again") == 1 end
  io.write(string.format('\\nRESULT {"requests":%d,"seconds":%f,"p50":%d,"p99":%d,"errors":%d,"again":%s}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), broken, tostring(repeated)))
end`;
