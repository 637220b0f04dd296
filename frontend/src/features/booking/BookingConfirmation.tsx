import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import { Steps } from '@/features/booking/Steps';
import { Where } from '@/features/booking/Where';
import styles from '@/features/booking/booking.module.css';
import { appointmentQuery, calendarFile } from '@/shared/api/appointments';
import { hasStatus } from '@/shared/api/errors';
import { useClinic, useDoctor } from '@/shared/api/queries';
import type { Appointment } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatSpan } from '@/shared/i18n/span';
import { minutesUntil } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { When } from '@/shared/time/When';
import { ButtonAnchor, ButtonLink } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { Empty } from '@/shared/ui/Empty';
import { Facts } from '@/shared/ui/Facts';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

/** Step 6: fetched from the server, so that it shows what is booked and not what was asked for. */
export function BookingConfirmation() {
    const { t } = useI18n();
    const id = Number(useParams().appointmentId);
    const appointment = useQuery(appointmentQuery(id));

    if (hasStatus(appointment.error, 404)) {
        return (
            <>
                <PageTitle title={t('detail.missingTitle')} />
                <Empty text={t('detail.missingText')}>
                    <ButtonLink to="/appointments">{t('booked.mine')}</ButtonLink>
                </Empty>
            </>
        );
    }
    return (
        <div className={styles.narrow}>
            <Steps step={6} />
            {appointment.data ? (
                <Booked appointment={appointment.data} />
            ) : (
                <>
                    <PageTitle title={t('booked.appointment')} />
                    {appointment.isError ? (
                        <Failure error={appointment.error} onRetry={() => void appointment.refetch()} />
                    ) : (
                        <Skeleton height="22rem" round />
                    )}
                </>
            )}
        </div>
    );
}

function Booked({ appointment }: { appointment: Appointment }) {
    const { t, locale } = useI18n();
    const doctor = useDoctor(appointment.doctor.id).data;
    const clinic = useClinic();
    const now = useNow();
    const minutes = minutesUntil(appointment.start_time, now);
    const isAhead = appointment.status === 'scheduled' && minutes > 0;
    // Who books later than the reminder's time gets it at once, in the confirmation's place.
    const isReminded = clinic !== undefined && minutes > clinic.email_reminder_minutes;
    const isTexted = clinic !== undefined && minutes > clinic.sms_reminder_minutes;
    return (
        <>
            {isAhead ? (
                <>
                    <div className={styles.done}>
                        <span className={styles.check} aria-hidden="true">
                            ✓
                        </span>
                        <PageTitle title={t('booked.title')} />
                    </div>
                    <p>{t(isReminded ? 'booked.lead' : 'booked.leadSoon')}</p>
                </>
            ) : (
                <PageTitle title={t(appointment.status === 'cancelled' ? 'detail.cancelled' : 'booked.appointment')} />
            )}
            <Card>
                <DoctorStrip doctor={doctor ?? appointment.doctor} />
                <Facts
                    facts={[
                        { label: t('confirm.when'), value: <When time={appointment.start_time} /> },
                        {
                            label: t('confirm.kind'),
                            value: `${t(`visit.${appointment.type}`)}, ${t('visit.minutes', { count: appointment.duration })}`,
                        },
                        { label: t('confirm.where'), value: <Where /> },
                        { label: t('confirm.patient'), value: appointment.patient.name },
                        { label: t('booked.number'), value: appointment.id },
                    ]}
                />
                <div className={styles.actions}>
                    <ButtonAnchor href={calendarFile(appointment.id)} download>
                        {t('booked.calendar')}
                    </ButtonAnchor>
                    <ButtonLink look="secondary" to="/appointments">
                        {t('booked.mine')}
                    </ButtonLink>
                </div>
            </Card>
            {isAhead && (
                <>
                    <h2>{t('booked.next')}</h2>
                    <ul className={styles.next}>
                        {isReminded && <li>{t('booked.nextEmail', { span: formatSpan(locale, clinic.email_reminder_minutes) })}</li>}
                        {isTexted && <li>{t('booked.nextSms', { span: formatSpan(locale, clinic.sms_reminder_minutes) })}</li>}
                        <li>{t('booked.nextArrive')}</li>
                    </ul>
                </>
            )}
            <p>
                <ButtonLink look="quiet" to="/">
                    {t('booked.another')}
                </ButtonLink>
            </p>
        </>
    );
}
