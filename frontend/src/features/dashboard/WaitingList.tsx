import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { waitingQuery } from '@/features/dashboard/appointments';
import styles from '@/features/dashboard/dashboard.module.css';
import { api, dataOf } from '@/shared/api/client';
import type { PatientWaitlistEntry } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatDay } from '@/shared/time/clinic_time';
import { Button } from '@/shared/ui/Button';
import { Refusal } from '@/shared/ui/Refusal';

interface Props {
    patientId: number;
    onLeft: (done: string) => void;
}

/** Shown only to who waits for something. Not knowing is no reason to disturb: the appointments matter more. */
export function WaitingList({ patientId, onLeft }: Props) {
    const { t, locale } = useI18n();
    const id = useId();
    const queryClient = useQueryClient();
    const entries = useQuery(waitingQuery(patientId)).data ?? [];
    const leaving = useMutation({
        mutationFn: (entry: PatientWaitlistEntry) =>
            dataOf(api.DELETE('/api/waitlist/entries/{id}', { params: { path: { id: entry.id } } })),
        onSuccess: (_done, entry) => onLeft(t('wait.left', { day: formatDay(locale, entry.desired_date) })),
        // A refusal says that a promotion was quicker: then there is an appointment, and perhaps no entry any more.
        onError: () => void queryClient.invalidateQueries({ queryKey: ['appointments'] }),
        onSettled: () => void queryClient.invalidateQueries({ queryKey: ['waiting'] }),
    });
    if (entries.length === 0 && !leaving.isError) return null;
    return (
        <section className={styles.waiting} aria-labelledby={id}>
            <h2 id={id}>{t('wait.section')}</h2>
            {leaving.isError && <Refusal error={leaving.error} />}
            <ul>
                {entries.map((entry) => {
                    const day = formatDay(locale, entry.desired_date);
                    return (
                        <li key={entry.id}>
                            <p>
                                <strong>{day}</strong>
                                <span>
                                    {entry.doctor.name} · {t(`wait.${entry.preferred_time_range}`)}
                                </span>
                            </p>
                            <Button
                                look="quiet"
                                inactive={leaving.isPending}
                                aria-label={t('wait.leaveOf', { day })}
                                onClick={() => leaving.mutate(entry)}
                            >
                                {t('wait.leave')}
                            </Button>
                        </li>
                    );
                })}
            </ul>
        </section>
    );
}
