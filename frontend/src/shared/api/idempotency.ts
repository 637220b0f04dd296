const kStorageKey = 'rota.intents';

type Intents = Record<string, string>;

/**
 * The Idempotency-Key of an intent, such as one booking with all its values. It stays the same, a reload included, until
 * settle(): so a request whose answer was lost can be sent again, and is still carried out once.
 */
export function keyOf(intent: string): string {
    const intents = read();
    const known = intents[intent];
    if (known !== undefined) return known;
    const key = randomKey();
    write({ ...intents, [intent]: key });
    return key;
}

/** The server has answered: the next attempt is a new intent. */
export function settle(intent: string): void {
    write(Object.fromEntries(Object.entries(read()).filter(([known]) => known !== intent)));
}

// crypto.randomUUID exists only under https and on localhost; a clinic may try the page over its local network.
function randomKey(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function read(): Intents {
    try {
        return JSON.parse(sessionStorage.getItem(kStorageKey) ?? '{}') as Intents;
    } catch {
        return {};
    }
}

function write(intents: Intents): void {
    sessionStorage.setItem(kStorageKey, JSON.stringify(intents));
}
