import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/shared/api/client';
import type { Category } from '@/shared/api/types';

export const kPageSize = 20;

export const appointmentsQuery = (patientId: number, category: Category, page: number) =>
    queryOptions({
        queryKey: ['appointments', 'of', patientId, category, page],
        queryFn: ({ signal }) =>
            dataOf(
                api.GET('/api/patients/{id}/appointments', {
                    signal,
                    params: { path: { id: patientId }, query: { category, page, limit: kPageSize } },
                }),
            ),
        // A promotion from the waitlist, or the clinic, may have changed it.
        staleTime: 0,
    });

export const waitingQuery = (patientId: number) =>
    queryOptions({
        queryKey: ['waiting', patientId],
        queryFn: ({ signal }) => dataOf(api.GET('/api/patients/{id}/waitlist', { signal, params: { path: { id: patientId } } })),
        staleTime: 0,
    });
