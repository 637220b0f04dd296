import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, dataOf } from '@/shared/api/client';
import { hasStatus } from '@/shared/api/errors';
import { forgetPatient, useRememberedPatient } from '@/shared/patient/remembered_patient';

export const patientQuery = (id: number) =>
    queryOptions({
        queryKey: ['patient', id],
        queryFn: ({ signal }) => dataOf(api.GET('/api/patients/{id}', { signal, params: { path: { id } } })),
    });

/**
 * The remembered patient, if that is the one wanted, with all details. Numbers may begin anew, as when a clinic starts over or
 * restores a backup: one that now is nobody's, or somebody else's, is forgotten, and nothing of the other one is shown.
 */
export function usePatient(isWanted: boolean) {
    const patient = useRememberedPatient();
    const remembered = isWanted ? patient : null;
    const { data, error, refetch } = useQuery({ ...patientQuery(remembered?.id ?? 0), enabled: remembered !== null });
    const isStranger = hasStatus(error, 404) || (data !== undefined && data.name !== remembered?.name);
    const mustForget = remembered !== null && isStranger;
    useEffect(() => {
        if (mustForget) forgetPatient();
    }, [mustForget]);
    return { remembered, details: isStranger ? undefined : data, error: isStranger ? null : error, refetch };
}
