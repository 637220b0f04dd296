import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/shared/api/client';

export const appointmentQuery = (id: number) =>
    queryOptions({
        queryKey: ['appointments', 'one', id],
        queryFn: ({ signal }) => dataOf(api.GET('/api/appointments/{id}', { signal, params: { path: { id } } })),
    });

/** A calendar on the patient's telephone or computer opens it. */
export const calendarFile = (id: number): string => `/api/appointments/${id}/calendar.ics`;
