import { useId } from 'react';
import styles from '@/features/dashboard/dashboard.module.css';
import { calendarFile } from '@/shared/api/appointments';
import { useClinic, useDoctor } from '@/shared/api/queries';
import type { Appointment, Category } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { formatHours } from '@/shared/i18n/span';
import { specialtyName } from '@/shared/i18n/specialty';
import { dayOf, formatDay, formatLongDay, formatMonth, formatTime, formatWeekday, hoursUntil } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { middleWhen } from '@/shared/time/when_text';
import { Button, ButtonAnchor, ButtonLink } from '@/shared/ui/Button';
import { Portrait } from '@/shared/ui/Portrait';

interface Props {
    appointment: Appointment;
    category: Category;
    onCancel: (appointment: Appointment) => void;
}

export function AppointmentCard({ appointment, category, onCancel }: Props) {
    const i18n = useI18n();
    const { t, locale } = i18n;
    const { doctor } = appointment;
    const photoUrl = useDoctor(doctor.id).data?.photo_url ?? '';
    const day = dayOf(appointment.start_time);
    const id = useId();
    return (
        <li className={styles.card} aria-labelledby={id} data-category={category}>
            <div className={styles.date} aria-hidden="true">
                <span>{formatWeekday(locale, day)}</span>
                <strong>{Number(day.slice(8))}</strong>
                <span>{formatMonth(locale, day)}</span>
            </div>
            <div className={styles.what}>
                <h2 id={id} className={styles.when}>
                    {category === 'upcoming' ? formatDay(locale, day) : formatLongDay(locale, day)}
                    <span className={styles.time}>
                        <span className="visually-hidden">, </span>
                        {formatTime(locale, appointment.start_time)}
                    </span>
                </h2>
                <p className={styles.kind}>
                    {t(`visit.${appointment.type}`)}, {t('visit.minutes', { count: appointment.duration })}
                </p>
                <div className={styles.doctor}>
                    <Portrait photoUrl={photoUrl} name={doctor.name} size={48} />
                    <p>
                        <strong>{doctor.name}</strong>
                        <span>{specialtyName(i18n, doctor.specialty)}</span>
                    </p>
                </div>
                <Outcome appointment={appointment} />
            </div>
            {category === 'upcoming' ? (
                <UpcomingActions appointment={appointment} when={middleWhen(i18n, appointment.start_time)} onCancel={onCancel} />
            ) : (
                <div className={styles.actions}>
                    <ButtonLink look="secondary" to={`/book/${doctor.id}`} aria-label={t('mine.againWith', { name: doctor.name })}>
                        {t('mine.again')}
                    </ButtonLink>
                </div>
            )}
        </li>
    );
}

function Outcome({ appointment }: { appointment: Appointment }) {
    const { t, locale } = useI18n();
    const clinic = useClinic();
    if (appointment.cancellation_fee_applied && clinic) {
        return <p className={styles.fee}>{t('mine.fee', { fee: formatMoney(locale, clinic.fee_cents) })}</p>;
    }
    if (appointment.status === 'completed') return <p className={styles.tag}>{t('mine.statusCompleted')}</p>;
    if (appointment.status === 'no-show') return <p className={styles.tag}>{t('mine.statusNoShow')}</p>;
    return null;
}

function UpcomingActions({ appointment, when, onCancel }: { appointment: Appointment; when: string; onCancel: Props['onCancel'] }) {
    const { t, locale } = useI18n();
    const clinic = useClinic();
    const now = useNow();
    const reason = useId();
    // While the rule is not known the buttons lead on: the dialog waits for it, and the server refuses.
    const isTooLate = clinic !== undefined && hoursUntil(appointment.start_time, now) < clinic.fee_window_hours;
    return (
        <>
            {isTooLate && (
                <p id={reason} className={styles.tooLate}>
                    {t('mine.tooLate', {
                        window: formatHours(locale, clinic.fee_window_hours),
                        fee: formatMoney(locale, clinic.fee_cents),
                        phone: clinic.phone,
                    })}
                </p>
            )}
            <div className={styles.actions}>
                {isTooLate ? (
                    <Button look="secondary" inactive aria-describedby={reason} aria-label={t('mine.moveOf', { when })}>
                        {t('mine.move')}
                    </Button>
                ) : (
                    <ButtonLink look="secondary" to={`/appointments/${appointment.id}/reschedule`} aria-label={t('mine.moveOf', { when })}>
                        {t('mine.move')}
                    </ButtonLink>
                )}
                <Button
                    look="secondary"
                    inactive={isTooLate}
                    aria-describedby={isTooLate ? reason : undefined}
                    aria-label={t('mine.cancelOf', { when })}
                    onClick={() => onCancel(appointment)}
                >
                    {t('mine.cancel')}
                </Button>
                {isTooLate && (
                    <ButtonAnchor look="secondary" href={`tel:${clinic.phone}`}>
                        {t('app.call', { phone: clinic.phone })}
                    </ButtonAnchor>
                )}
                <ButtonAnchor look="quiet" href={calendarFile(appointment.id)} download aria-label={t('mine.calendarOf', { when })}>
                    {t('mine.calendar')}
                </ButtonAnchor>
            </div>
        </>
    );
}
