/**
 * What the browser keeps for us: of the browser, or of this tab. A browser may refuse it, as where cookies are blocked, or
 * have no room: then it is kept in memory, and so lost by a reload, and all else goes on.
 */
class BrowserStorage {
    private readonly memory = new Map<string, string>();

    constructor(private readonly area: () => Storage) {}

    get(key: string): string | null {
        try {
            return this.memory.get(key) ?? this.area().getItem(key);
        } catch {
            return null;
        }
    }

    set(key: string, value: string): void {
        try {
            this.area().setItem(key, value);
            this.memory.delete(key);
        } catch {
            this.memory.set(key, value);
        }
    }

    remove(key: string): void {
        this.memory.delete(key);
        try {
            this.area().removeItem(key);
        } catch {
            // Nothing was kept there.
        }
    }
}

export const ofBrowser = new BrowserStorage(() => window.localStorage);
export const ofTab = new BrowserStorage(() => window.sessionStorage);
