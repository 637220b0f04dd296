import { queryOptions } from '@tanstack/react-query';
import type { Visit } from '@/features/booking/visit';
import { api, dataOf } from '@/shared/api/client';
import type { DayAvailability, RangeAvailability } from '@/shared/api/types';
import type { Day } from '@/shared/time/clinic_time';

/** The free times of a day. Others book too: while somebody looks at them they are fetched again and again. */
export const dayQuery = (doctorId: number, day: Day, { type, duration }: Visit) =>
    queryOptions({
        queryKey: ['availability', doctorId, 'day', day, type, duration],
        queryFn: async ({ signal }) => {
            const path = { id: doctorId };
            const answer = await dataOf(
                api.GET('/api/doctors/{id}/availability', { signal, params: { path, query: { date: day, type, duration } } }),
            );
            return answer as DayAvailability;
        },
        staleTime: 0,
        refetchInterval: 20_000,
    });

/** How many times are free on each day of a month, as one request. */
export const monthQuery = (doctorId: number, from: Day, to: Day, { type, duration }: Visit) =>
    queryOptions({
        queryKey: ['availability', doctorId, 'month', from, to, type, duration],
        queryFn: async ({ signal }) => {
            const path = { id: doctorId };
            const answer = await dataOf(
                api.GET('/api/doctors/{id}/availability', { signal, params: { path, query: { from, to, type, duration } } }),
            );
            return new Map((answer as RangeAvailability).days.map(({ date, free }) => [date, free]));
        },
        refetchInterval: 60_000,
    });
