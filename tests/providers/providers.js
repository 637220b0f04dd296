// Holds the fakes, and the plugins that are tested with them, to what the providers publish: their descriptions (a
// validating proxy stands before each fake) and their own client packages.
//
//   node providers.js FAKE_PROGRAM PLUGIN_TESTS SIGNATURES
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { EventWebhook } from "@sendgrid/eventwebhook";
import sendgrid from "@sendgrid/mail";
import twilio from "twilio";

const [fakeProgram, pluginTests, signatures] = process.argv.slice(2);
const here = fileURLToPath(new URL(".", import.meta.url));
const account = "AC00000000000000000000000000000001";

let passed = 0;
let failed = 0;
async function test(name, work) {
    try {
        await work();
        ++passed;
    } catch (error) {
        ++failed;
        console.log(`FAILED: ${name}\n    ${String(error.stack ?? error).replaceAll("\n", "\n    ")}`);
    }
}

const children = [];
function start(command, args, environment = {}) {
    const child = spawn(command, args, { cwd: here, env: { ...process.env, ...environment } });
    child.output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (child.output += data));
    child.ended = new Promise((resolve) => child.on("close", resolve));
    children.push(child);
    return child;
}

async function printed(child, pattern) {
    for (const until = Date.now() + 40_000; Date.now() < until; await new Promise((done) => setTimeout(done, 20))) {
        const match = child.output.match(pattern);
        if (match) return match;
        if (child.exitCode !== null) break;
    }
    throw new Error(`${child.spawnargs.join(" ")} printed no ${pattern}:\n${child.output}`);
}

function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/// Refuses by an error of its own what does not fit the description, be it a request or an answer.
async function proxyBefore(description, upstream) {
    const port = await freePort();
    const prism = start(process.execPath, [
        "node_modules/@stoplight/prism-cli/dist/index.js", "proxy", description, upstream,
        "--errors", "--host", "127.0.0.1", "--port", String(port),
    ]);
    await printed(prism, /Prism is listening/);
    return `http://127.0.0.1:${port}`;
}

const fake = start(fakeProgram, []);
const fakeUrl = `http://127.0.0.1:${JSON.parse((await printed(fake, /\{.*\}/))[0]).http_port}`;
const testedPort = await freePort();
const tested = `http://127.0.0.1:${testedPort}`;
const [sendgridUrl, twilioUrl, testedSendgrid, testedTwilio] = await Promise.all([
    proxyBefore("sendgrid.yaml", fakeUrl), proxyBefore("twilio.yaml", fakeUrl),
    proxyBefore("sendgrid.yaml", tested), proxyBefore("twilio.yaml", tested),
]);

const taken = async (provider) => (await fetch(`${fakeUrl}/control/${provider}/messages`)).json();
const behave = (provider, what) =>
    fetch(`${fakeUrl}/control/${provider}`, { method: "PUT", body: JSON.stringify(what) });

// ---- SendGrid -------------------------------------------------------------------------------------------------------

const mail = {
    // By person, as the plugin does it: the description does not let the client's own short form pass.
    personalizations: [{ to: { email: "emma@example.com", name: "Émma" }, customArgs: { delivery_id: "rota-1" } }],
    from: "visits@clinic.example",
    subject: "Appointment Reminder",
    text: "See you",
    html: "<p>See you</p>",
    attachments: [{ content: "QkVHSU4=", filename: "a.ics", type: "text/calendar", disposition: "attachment" }],
};
const sendMail = async (key = "SG.fake-key", base = sendgridUrl) => {
    sendgrid.setApiKey(key);
    sendgrid.client.setDefaultRequest("baseUrl", `${base}/`);
    return (await sendgrid.send(mail))[0];
};

await test("SendGrid's own client sends to the fake", async () => {
    const answer = await sendMail();
    assert.equal(answer.statusCode, 202);
    const [message] = await taken("sendgrid");
    assert.equal(message.id, answer.headers["x-message-id"]);
    assert.equal(message.delivery_id, "rota-1");
    assert.equal(message.content.personalizations[0].to[0].name, "Émma");
});
await test("SendGrid's own client is refused with a wrong key", async () => {
    await assert.rejects(sendMail("SG.wrong"), (error) => error.code === 401 && error.response.body.errors.length === 1);
});
await test("SendGrid's own client is told to wait", async () => {
    await behave("sendgrid", { do: "answer", status: 429, retry_after: 2, times: 1 });
    await assert.rejects(sendMail(), (error) => error.code === 429 && error.response.headers["retry-after"] === "2");
    assert.equal((await sendMail()).statusCode, 202);
});
await test("the proxy refuses what SendGrid's description does not have", async () => {
    const answer = await fetch(`${sendgridUrl}/v3/mail/send`, {
        method: "POST",
        headers: { Authorization: "Bearer SG.fake-key", "Content-Type": "application/json" },
        body: JSON.stringify({ from: { email: "a@b.example" } }),
    });
    assert.equal(answer.status, 422);
});

// ---- Twilio ---------------------------------------------------------------------------------------------------------

function twilioClient(user, password) {
    const requests = new twilio.RequestClient();
    const original = requests.request.bind(requests);
    requests.request = (options) =>
        original({ ...options, uri: options.uri.replace("https://api.twilio.com", twilioUrl) });
    return twilio(user, password, { accountSid: account, httpClient: requests });
}
const client = twilioClient("SK00000000000000000000000000000002", "fake-secret");
const text = {
    to: "+15550100123",
    from: "+15550100000",
    body: "See you at 9:00 ✓",
    validityPeriod: 600,
    statusCallback: "https://clinic.example/api/webhooks/twilio?delivery_id=rota-2",
};

await test("Twilio's own client sends to the fake, and asks what became of it", async () => {
    const message = await client.messages.create(text);
    assert.equal(message.status, "queued");
    const [kept] = await taken("twilio");
    assert.equal(kept.id, message.sid);
    assert.equal(kept.delivery_id, "rota-2");
    assert.equal(kept.content.Body, text.body);
    await fetch(`${fakeUrl}/control/status`, { method: "PUT", body: JSON.stringify({ sid: message.sid, status: "delivered" }) });
    assert.equal((await client.messages(message.sid).fetch()).status, "delivered");
});
await test("Twilio's own client is told who opted out", async () => {
    const optedOut = client.messages.create({ ...text, to: "+15005550004" });
    await assert.rejects(optedOut, (error) => error.code === 21610 && error.status === 400);
});
await test("Twilio's own client is refused with a wrong secret", async () => {
    const wrong = twilioClient(account, "wrong").messages.create(text);
    await assert.rejects(wrong, (error) => error.code === 20003 && error.status === 401);
});
await test("Twilio's own client does not find a message that there is not", async () => {
    const lost = client.messages("SM00000000000000000000000000009999").fetch();
    await assert.rejects(lost, (error) => error.status === 404);
});

// ---- signatures -----------------------------------------------------------------------------------------------------

const vectors = JSON.parse(readFileSync(signatures));
await test("the plugin's tests know Twilio's signatures", () => {
    for (const call of vectors.twilio.calls)
        assert.ok(twilio.validateRequest(vectors.twilio.token, call.signature, call.url, call.params), call.url);
});
await test("the plugin's tests know SendGrid's signatures", () => {
    const webhook = new EventWebhook();
    const { public_key, timestamp, calls } = vectors.sendgrid;
    const key = webhook.convertPublicKeyToECDSA(public_key);
    for (const call of calls) {
        assert.ok(webhook.verifySignature(key, call.body, call.signature, timestamp), call.body);
        assert.ok(!webhook.verifySignature(key, `${call.body} `, call.signature, timestamp), call.body);
    }
});

// ---- the plugins, through the same proxies --------------------------------------------------------------------------

const filter =
    "SendGridTest.SendsTextHtmlAndCalendar:SendGridTest.TheSandbox*:SendGridTest.AKeyThatIsChanged*:" +
    "TwilioTest.SendsAText:TwilioTest.TakesAnApiKey*:TwilioTest.AMessageIsValid*:TwilioTest.TellsWhatBecame*";
const plugins = start(pluginTests, [`--gtest_filter=${filter}`, "--gtest_color=no"], {
    ROTA_TEST_FAKE_PORT: String(testedPort),
    ROTA_TEST_SENDGRID_URL: testedSendgrid,
    ROTA_TEST_TWILIO_URL: testedTwilio,
});
await plugins.ended;
for (const [, name] of plugins.output.matchAll(/\[ RUN {6}\] (\S+)/g))
    await test(`${name} through the proxy`, () =>
        assert.ok(plugins.output.includes(`[       OK ] ${name} `), plugins.output));
await test("all of the plugins' tests ran", () => assert.match(plugins.output, /\[==========\] 7 tests from 2 /));

for (const child of children) child.kill();
await Promise.all(children.map((child) => child.ended));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
