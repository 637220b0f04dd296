import { useClinic } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import { dayOf, formatLongDay, formatTime, zoneName } from '@/shared/time/clinic_time';

/** "Tuesday, March 10, 2026" and below it "9:00 AM (Eastern Time)": what a patient writes on a slip of paper. */
export function When({ time }: { time: string }) {
    const { locale } = useI18n();
    const clinic = useClinic();
    return (
        <>
            {formatLongDay(locale, dayOf(time))}
            <span className="visually-hidden">, </span>
            <br />
            {formatTime(locale, time)}
            {clinic && ` (${zoneName(locale, clinic.timezone)})`}
        </>
    );
}
