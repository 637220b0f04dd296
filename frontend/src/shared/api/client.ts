import createClient from 'openapi-fetch';
import { ApiError, Unreachable, type ErrorBody } from '@/shared/api/errors';
import type { paths } from '@/shared/api/schema';

/** Longer than the server's own deadlines: whoever waits this long waits for nothing. */
const kTimeoutMs = 15_000;

export const api = createClient<paths>({
    baseUrl: window.location.origin,
    fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(kTimeoutMs)]) }),
});

interface Answer<Data> {
    data?: Data;
    error?: unknown;
    response: Response;
}

/** The data of an answer. Throws ApiError where the server refused, Unreachable where no answer of it came. */
export async function dataOf<Data>(pending: Promise<Answer<Data>>): Promise<Data> {
    let answer: Answer<Data>;
    try {
        answer = await pending;
    } catch (cause) {
        // A query that is not needed any more is not a failure.
        if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
        throw new Unreachable(cause);
    }
    if (answer.response.ok && answer.data !== undefined) return answer.data;
    throw new ApiError(answer.response.status, asErrorBody(answer.error));
}

function asErrorBody(body: unknown): ErrorBody {
    if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') {
        return body as ErrorBody;
    }
    return { error: '' };
}
