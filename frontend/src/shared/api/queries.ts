import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '@/shared/api/client';
import { isTemporary } from '@/shared/api/errors';

const kMinute = 60_000;

export function createQueryClient(): QueryClient {
    return new QueryClient({
        defaultOptions: {
            queries: {
                // Failing at once and saying so is better than waiting in silence for a network.
                networkMode: 'always',
                refetchOnReconnect: true,
                staleTime: 30_000,
                retry: (failures, error) => failures < 2 && isTemporary(error),
                retryDelay: (failures) => 500 * 2 ** failures,
            },
            // A slot or a fee is at stake: nothing is repeated unless the patient asks for it.
            mutations: { networkMode: 'always', retry: false },
        },
    });
}

export const clinicQuery = queryOptions({
    queryKey: ['clinic'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/clinic', { signal })),
    staleTime: 60 * kMinute,
});

export const doctorsQuery = queryOptions({
    queryKey: ['doctors'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/doctors', { signal })),
    staleTime: 10 * kMinute,
});

/** What the page says of the clinic; undefined until it is known. Nothing waits for it that can do without. */
export function useClinic() {
    return useQuery(clinicQuery).data;
}

export function useDoctor(id: number) {
    return useQuery({ ...doctorsQuery, select: (doctors) => doctors.find((doctor) => doctor.id === id) ?? null });
}

/** Each doctor's next free time. Apart from the directory, which then shows without waiting for everybody's calendar. */
export const nextTimesQuery = queryOptions({
    queryKey: ['doctors', 'next'],
    queryFn: async ({ signal }) => {
        const doctors = await dataOf(api.GET('/api/doctors', { signal, params: { query: { next_available: true } } }));
        return new Map(doctors.map((doctor) => [doctor.id, doctor.next_available ?? null]));
    },
    refetchInterval: kMinute,
});
