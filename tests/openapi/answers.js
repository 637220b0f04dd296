// Checks recorded exchanges against an OpenAPI document: each operation is one test. It passes when it was carried out at least
// once, and when every answer has a status, headers and a body that the document names for it. What the server carried out and
// the document does not have fails, too.
import { existsSync, readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const [documentFile, exchangesFile] = process.argv.slice(2);
if (!existsSync(exchangesFile)) {
    console.log('    no answers are recorded; run the suite http with this one: scripts/test http openapi');
    console.log('0 passed, 1 failed');
    process.exit(1);
}

const api = parse(readFileSync(documentFile, 'utf8'));
const exchanges = readFileSync(exchangesFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

// The document is a schema of schemas: each is addressed by its place in it.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(api, 'api');
const pointer = (...steps) => `api#${steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;

const methods = ['get', 'put', 'post', 'patch', 'delete'];
const operations = Object.entries(api.paths)
    .flatMap(([path, item]) => methods.filter((method) => item[method]).map((method) => ({ path, method, responses: item[method].responses })))
    .map((operation) => ({
        ...operation,
        name: `${operation.method.toUpperCase()} ${operation.path}`,
        matches: new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        done: 0,
        problems: new Map(),
    }))
    // A path as it stands goes before one with a parameter in its place.
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

/** The response that the document names for a status, and where it stands in it. */
function documented({ path, method, responses }, status) {
    const response = responses[status];
    if (response?.$ref === undefined) return response && { response, steps: ['paths', path, method, 'responses', status] };
    const steps = response.$ref.split('/').slice(1);
    return { response: steps.reduce((value, step) => value[step], api), steps };
}

const resolved = (value) => (value.$ref ? value.$ref.split('/').slice(1).reduce((at, step) => at[step], api) : value);

function* problemsOf(operation, { status, headers, body }) {
    const found = documented(operation, String(status));
    if (found === undefined) {
        yield `${status} is not documented: ${body.slice(0, 160)}`;
        return;
    }
    const { response, steps } = found;
    const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    for (const [name, header] of Object.entries(response.headers ?? {}))
        if (resolved(header).required && !given.has(name.toLowerCase())) yield `${status} has no header ${name}`;
    if (response.content === undefined) {
        if (body !== '') yield `${status} has a body, and the document knows of none`;
        return;
    }
    const type = (given.get('content-type') ?? '').split(';')[0];
    if (response.content[type] === undefined) {
        yield `${status} is '${type}', which is not documented`;
        return;
    }
    if (type !== 'application/json') return;
    const validate = ajv.getSchema(pointer(...steps, 'content', type, 'schema'));
    let value;
    try {
        value = JSON.parse(body);
    } catch {
        yield `${status} has a body that is no JSON`;
        return;
    }
    if (!validate(value))
        for (const error of validate.errors) yield `${status} ${error.instancePath || 'body'} ${error.message} ${JSON.stringify(error.params)}`;
}

let checked = 0;
/** What the server does, and the document does not know. */
const unknown = new Map();
for (const exchange of exchanges) {
    const path = exchange.path.split('?')[0];
    const operation = operations.find(({ method, matches }) => method === exchange.method.toLowerCase() && matches.test(path));
    if (operation === undefined) {
        // HEAD, OPTIONS and what is not there are answered by the server itself, in ways that tests/http checks.
        const byItself = ['HEAD', 'OPTIONS'].includes(exchange.method) || [404, 405].includes(exchange.status);
        if (!byItself) unknown.set(`${exchange.method} ${path}`, exchange.status);
        continue;
    }
    checked += 1;
    if (exchange.status < 300) operation.done += 1;
    for (const problem of problemsOf(operation, exchange)) operation.problems.set(problem, `${exchange.method} ${exchange.path}`);
}

let failed = unknown.size;
for (const [what, status] of unknown) console.log(`FAILED: openapi ${what} is not documented, and answers ${status}`);
for (const operation of operations) {
    if (operation.done === 0) operation.problems.set('was never carried out by a test', '');
    if (operation.problems.size === 0) continue;
    failed += 1;
    console.log(`FAILED: openapi ${operation.name}`);
    for (const [problem, example] of operation.problems) console.log(`    ${problem}${example && `, such as of ${example}`}`);
}
console.log(`    ${checked} answers checked`);
console.log(`${operations.length + unknown.size - failed} passed, ${failed} failed`);
