import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/shared/api/client';
import type { Appointment, Category } from '@/shared/api/types';

export const kPageSize = 20;

/** All that a patient has ahead, as many as the API gives at once: it lists the latest first, and the nearest matters most. */
const kMostUpcoming = 100;

/** A page as it is read: what lies ahead from the nearest on, all else from the latest on. */
export const appointmentsQuery = (patientId: number, category: Category, page: number) => {
    const isUpcoming = category === 'upcoming';
    const query = isUpcoming ? { category, page: 1, limit: kMostUpcoming } : { category, page, limit: kPageSize };
    return queryOptions({
        queryKey: ['appointments', 'of', patientId, query],
        queryFn: ({ signal }) =>
            dataOf(api.GET('/api/patients/{id}/appointments', { signal, params: { path: { id: patientId }, query } })),
        select: ({ appointments, total }) => (isUpcoming ? nearestFirst(appointments, page) : { appointments, total }),
        // A promotion from the waitlist, or the clinic, may have changed it.
        staleTime: 0,
    });
};

function nearestFirst(latestFirst: Appointment[], page: number): { appointments: Appointment[]; total: number } {
    const appointments = [...latestFirst].reverse().slice((page - 1) * kPageSize, page * kPageSize);
    return { appointments, total: latestFirst.length };
}

export const waitingQuery = (patientId: number) =>
    queryOptions({
        queryKey: ['waiting', patientId],
        queryFn: ({ signal }) => dataOf(api.GET('/api/patients/{id}/waitlist', { signal, params: { path: { id: patientId } } })),
        staleTime: 0,
    });
