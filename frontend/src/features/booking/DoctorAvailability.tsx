import { Link, Navigate, useNavigate, useParams } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { monthQuery } from '@/features/booking/availability';
import { AvailabilityView } from '@/features/booking/AvailabilityView';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import { Steps } from '@/features/booking/Steps';
import { UnknownDoctor } from '@/features/booking/UnknownDoctor';
import { VisitPicker } from '@/features/booking/VisitPicker';
import styles from '@/features/booking/booking.module.css';
import slotStyles from '@/features/booking/slots.module.css';
import { readVisit, visitSearch, writeVisit, type Visit } from '@/features/booking/visit';
import { nextTimesQuery, useDoctor } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import { dayOf, formatDay, formatTime, isDay, monthOf, type Day } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { shortWhen } from '@/shared/time/when_text';
import { Card } from '@/shared/ui/Card';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';
import { useAddressState } from '@/shared/ui/use_address_state';

/** For how long a time the directory looks. */
const kDirectoryMinutes = 30;

/** Steps 2 and 3: a day in the address makes it the choice of a time. */
export function DoctorAvailability() {
    const { t, locale } = useI18n();
    const { doctorId: idText, date } = useParams();
    const navigate = useNavigate();
    const doctorId = Number(idText);
    const doctor = useDoctor(doctorId);
    const [visit, changeVisit] = useAddressState(readVisit, writeVisit);
    const base = `/book/${doctorId}`;

    if (doctor.data === null) return <UnknownDoctor />;
    if (date !== undefined && !isDay(date)) return <Navigate to={base + visitSearch(visit)} replace />;

    if (doctor.isError) {
        return (
            <div className={styles.page}>
                <PageTitle title={t(date === undefined ? 'date.title' : 'time.title')} />
                <Failure error={doctor.error} onRetry={() => void doctor.refetch()} />
            </div>
        );
    }

    const back = date === undefined ? '/' : base + visitSearch(visit);
    return (
        <div className={styles.page}>
            <Steps step={date === undefined ? 2 : 3} back={back} />
            <PageTitle title={t(date === undefined ? 'date.title' : 'time.title')} />
            <DoctorStrip doctor={doctor.data} />
            {date !== undefined && (
                <p className={styles.visitLine}>
                    {t(`visit.${visit.type}`)}, {t('visit.minutes', { count: visit.duration })}{' '}
                    <Link to={base + visitSearch(visit)} aria-label={t('confirm.changeOf', { what: t('confirm.kind') })}>
                        {t('confirm.change')}
                    </Link>
                </p>
            )}
            <div className={date === undefined ? undefined : styles.visitCard}>
                <Card>
                    <VisitPicker visit={visit} onChange={changeVisit} />
                </Card>
            </div>
            {date === undefined && <NextFree doctorId={doctorId} visit={visit} to={(day) => `${base}/day/${day}${visitSearch(visit)}`} />}
            <AvailabilityView
                doctorId={doctorId}
                visit={visit}
                day={date}
                changeDay={base + visitSearch(visit)}
                onChoose={(day) => void navigate(`${base}/day/${day}${visitSearch(visit)}`)}
                renderSlot={({ start_time }) => (
                    <Link className={slotStyles.slot} to={`${base}/patient${visitSearch(visit, { start: start_time })}`}>
                        {formatTime(locale, start_time)}
                    </Link>
                )}
            />
        </div>
    );
}

interface NextFreeProps {
    doctorId: number;
    visit: Visit;
    to: (day: Day) => string;
}

/** The directory knows the next free half hour; where that is too short, the calendar's first month knows a day. */
function NextFree({ doctorId, visit, to }: NextFreeProps) {
    const i18n = useI18n();
    const now = useNow();
    const { data: next, isPending } = useQuery({ ...nextTimesQuery, select: (times) => times.get(doctorId) });
    if (isPending) return <NextFreeLine />;
    if (!next) return null;
    if (visit.duration > kDirectoryMinutes) return <NextFreeDay from={dayOf(next)} doctorId={doctorId} visit={visit} to={to} />;
    return <NextFreeLine to={to(dayOf(next))} text={i18n.t('date.nextFree', { when: shortWhen(i18n, next, now) })} />;
}

function NextFreeDay({ from, doctorId, visit, to }: NextFreeProps & { from: Day }) {
    const { t, locale } = useI18n();
    const { data: month, isPending } = useQuery(monthQuery(doctorId, ...monthOf(from), visit));
    if (isPending) return <NextFreeLine />;
    const day = [...(month ?? [])].find(([, free]) => free > 0)?.[0];
    return day === undefined ? null : <NextFreeLine to={to(day)} text={t('date.nextFreeDay', { day: formatDay(locale, day) })} />;
}

/** Without a text: it is on its way. */
function NextFreeLine({ to, text }: { to?: string; text?: string }) {
    return <p className={styles.nextFree}>{to === undefined ? <Skeleton width="16rem" /> : <Link to={to}>{text}</Link>}</p>;
}
