import { useQuery } from '@tanstack/react-query';
import { clinicQuery } from '@/shared/api/queries';
import { today, type Day } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';

/**
 * The clinic's day; undefined while its zone is not known yet. Should it not become known, the browser's zone is nearer
 * to the truth than nothing: the server judges every day anew.
 */
export function useToday(): Day | undefined {
    const now = useNow();
    const { data, isPending } = useQuery(clinicQuery);
    if (isPending) return undefined;
    return today(data?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, now);
}
