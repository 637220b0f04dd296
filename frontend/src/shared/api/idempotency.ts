import { isTemporary } from '@/shared/api/errors';
import { ofTab } from '@/shared/browser_storage';

const kStorageKey = 'rota.intents';

type Intents = Record<string, string>;

/**
 * Sends an intent, such as one booking with all its values, under an Idempotency-Key that stays the same, a reload
 * included, until the server has answered: so a request whose answer was lost can be sent again, and is carried out once.
 */
export async function once<Data>(intent: string, send: (header: { 'Idempotency-Key': string }) => Promise<Data>): Promise<Data> {
    try {
        const data = await send({ 'Idempotency-Key': keyOf(intent) });
        settle(intent);
        return data;
    } catch (error) {
        if (!isTemporary(error)) settle(intent);
        throw error;
    }
}

function keyOf(intent: string): string {
    const intents = read();
    const known = intents[intent];
    if (known !== undefined) return known;
    const key = randomKey();
    write({ ...intents, [intent]: key });
    return key;
}

/** The next attempt is a new intent. */
function settle(intent: string): void {
    write(Object.fromEntries(Object.entries(read()).filter(([known]) => known !== intent)));
}

// crypto.randomUUID exists only under https and on localhost; a clinic may try the page over its local network.
function randomKey(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function read(): Intents {
    try {
        return JSON.parse(ofTab.get(kStorageKey) ?? '{}') as Intents;
    } catch {
        return {};
    }
}

function write(intents: Intents): void {
    ofTab.set(kStorageKey, JSON.stringify(intents));
}
