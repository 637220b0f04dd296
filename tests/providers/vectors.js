// Makes ../plugins/golden/signatures.json anew: `node vectors.js >../plugins/golden/signatures.json`. Twilio's signatures
// are its own package's; SendGrid's package only checks, so those are signed here and checked by it in providers.js.
import { createSign, generateKeyPairSync } from "node:crypto";
import twilio from "twilio";

const token = "fake-token";
const url = "https://clinic.example/api/webhooks/twilio";
const calls = [
    { url, params: { MessageSid: "SM1", MessageStatus: "delivered", To: "+15550100123" } },
    { url: `${url}?delivery_id=rota-12`, params: { MessageStatus: "failed", ErrorCode: "30003", MessageSid: "SM2" } },
    { url, params: { MessageSid: "SM3", From: "+15550100123", Body: "Wann? é ✓ & = + %", To: "+15550100000" } },
    { url, params: { MessageSid: "SM4", From: "+15550100123", Body: "", NumMedia: "0", b: "1", B: "2", _: "3" } },
    { url, params: { MessageSid: "SM5", From: "+15550100123", Body: "x", MediaUrl: ["b", "a", "b"] } },
];
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const bodies = [
    '[{"event":"delivered","sg_event_id":"e1","timestamp":1773000000}]\r\n',
    '[{"event":"bounce","reason":"é ✓","sg_event_id":"e2"}]',
    "[]",
];
const timestamp = "1773000000";
const vectors = {
    twilio: {
        token,
        calls: calls.map((call) => ({
            ...call,
            signature: twilio.getExpectedTwilioSignature(token, call.url, call.params),
        })),
    },
    sendgrid: {
        public_key: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
        timestamp,
        calls: bodies.map((body) => ({
            body,
            signature: createSign("sha256").update(timestamp + body).sign(privateKey, "base64"),
        })),
    },
};
console.log(JSON.stringify(vectors, null, 4));
