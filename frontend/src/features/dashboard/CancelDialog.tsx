import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import styles from '@/features/dashboard/dashboard.module.css';
import { api, dataOf } from '@/shared/api/client';
import { clinicQuery } from '@/shared/api/queries';
import type { Appointment } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { formatHours } from '@/shared/i18n/span';
import { hoursUntil } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { When } from '@/shared/time/When';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Failure } from '@/shared/ui/Failure';
import { Refusal } from '@/shared/ui/Refusal';
import { Skeleton } from '@/shared/ui/Skeleton';

interface Props {
    appointment: Appointment;
    onClose: () => void;
    /** With what is to be said about it. */
    onCancelled: (done: string) => void;
}

const kSecond = 1000;

/** Names the rule about the fee before it can apply; nothing is cancelled while it is not known, or once it would cost something. */
export function CancelDialog({ appointment, onClose, onCancelled }: Props) {
    const { t, locale } = useI18n();
    const { data: clinic, error: clinicError, refetch } = useQuery(clinicQuery);
    const now = useNow(kSecond);
    const queryClient = useQueryClient();
    const fee = clinic ? formatMoney(locale, clinic.fee_cents) : '';
    // The dialog may have stood open when the time came.
    const isLate = clinic !== undefined && hoursUntil(appointment.start_time, now) < clinic.fee_window_hours;
    const cancelling = useMutation({
        mutationFn: () => dataOf(api.DELETE('/api/appointments/{id}', { params: { path: { id: appointment.id } } })),
        onSuccess: ({ cancellation_fee_applied }) => onCancelled(t(cancellation_fee_applied ? 'cancel.doneFee' : 'cancel.done', { fee })),
        onSettled: () => {
            void queryClient.invalidateQueries({ queryKey: ['appointments'] });
            void queryClient.invalidateQueries({ queryKey: ['availability', appointment.doctor.id] });
        },
    });
    return (
        <Dialog title={t('cancel.title')} isOpen isBusy={cancelling.isPending} onClose={onClose}>
            {cancelling.isError && <Refusal error={cancelling.error} />}
            <p className={styles.dialogWhat}>
                <strong>
                    <When time={appointment.start_time} />
                </strong>
                <span>{appointment.doctor.name}</span>
            </p>
            {clinic && <p>{t(isLate ? 'cancel.late' : 'cancel.free', { window: formatHours(locale, clinic.fee_window_hours), fee })}</p>}
            {!clinic && (clinicError === null ? <Skeleton height="2lh" /> : <Failure error={clinicError} onRetry={() => void refetch()} />)}
            {!isLate && <p>{t('cancel.waitlist')}</p>}
            <p>
                <Link to="/cancellation-policy">{t('cancel.policy')}</Link>
            </p>
            <div className={styles.actions}>
                <Button look="danger" inactive={cancelling.isPending || clinic === undefined || isLate} onClick={() => cancelling.mutate()}>
                    {t(cancelling.isPending ? 'cancel.working' : 'cancel.confirm')}
                </Button>
                <Button look="secondary" inactive={cancelling.isPending} onClick={onClose}>
                    {t('cancel.keep')}
                </Button>
            </div>
        </Dialog>
    );
}
