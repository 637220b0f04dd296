import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/shared/api/client';

/** When a doctor goes home, as HH:MM, by the day of the week; no entry where the doctor is not there. */
export type Closing = Map<number, string>;

/** A day without free times is full only if the doctor works on it. */
export const closingQuery = (doctorId: number) =>
    queryOptions({
        queryKey: ['schedule', doctorId],
        queryFn: async ({ signal }) => {
            const { schedule } = await dataOf(api.GET('/api/doctors/{id}/schedule', { signal, params: { path: { id: doctorId } } }));
            const closing: Closing = new Map();
            for (const { day_of_week: weekday, end_time: end } of schedule) {
                if (end > (closing.get(weekday) ?? '')) closing.set(weekday, end);
            }
            return closing;
        },
        staleTime: 10 * 60_000,
    });
