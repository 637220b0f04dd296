import { useQuery } from '@tanstack/react-query';
import { clinicQuery } from '@/shared/api/queries';
import { clock, today, type Day } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';

/**
 * The clinic's day and clock; undefined while its zone is not known yet. Should it not become known, the browser's zone is
 * nearer to the truth than nothing: the server judges every time anew.
 */
export function useClinicNow(): { day: Day; clock: string } | undefined {
    const now = useNow();
    const { data, isPending } = useQuery(clinicQuery);
    if (isPending) return undefined;
    const zone = data?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    return { day: today(zone, now), clock: clock(zone, now) };
}

export const useToday = (): Day | undefined => useClinicNow()?.day;
