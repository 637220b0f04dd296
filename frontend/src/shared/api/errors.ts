import type { Slot } from '@/shared/api/types';

export interface ErrorBody {
    error: string;
    details?: { field: string; message: string }[];
    available_slots?: Slot[];
}

/** The server answered, and the answer is no. */
export class ApiError extends Error {
    override readonly name = 'ApiError';

    constructor(
        readonly status: number,
        readonly body: ErrorBody,
    ) {
        super(body.error || `HTTP ${status}`);
    }

    /** The server's own fault, or an equal request is still under way: the same request may succeed later. */
    get isTemporary(): boolean {
        return this.status >= 500 || this.status === 429 || (this.status === 409 && this.body.error.includes('is under way'));
    }
}

/** No answer came: no network, a timeout, or nothing listens. Whether the request was carried out is not known. */
export class Unreachable extends Error {
    override readonly name = 'Unreachable';

    constructor(cause: unknown) {
        super('No answer', { cause });
    }
}

export function isTemporary(error: unknown): boolean {
    return error instanceof Unreachable || (error instanceof ApiError && error.isTemporary);
}

/** The free times of the day where the wanted one was just taken; undefined for every other error. */
export function takenInsteadOf(error: unknown): Slot[] | undefined {
    return hasStatus(error, 409) ? error.body.available_slots : undefined;
}

export function hasStatus(error: unknown, status: number): error is ApiError {
    return error instanceof ApiError && error.status === status;
}
