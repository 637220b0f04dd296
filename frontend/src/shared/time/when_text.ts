import type { I18n } from '@/shared/i18n/i18n';
import { addDays, dayOf, formatDay, formatLongDay, formatShortDay, formatTime, todayAt } from '@/shared/time/clinic_time';

/** "today, 2:30 PM", "tomorrow, 9:00 AM", "Tue, Mar 10, 9:00 AM". */
export function shortWhen({ t, locale }: I18n, time: string, now: Date): string {
    const day = dayOf(time);
    const today = todayAt(time, now);
    const at = formatTime(locale, time);
    if (day === today) return t('when.today', { time: at });
    if (day === addDays(today, 1)) return t('when.tomorrow', { time: at });
    return t('when.day', { day: formatShortDay(locale, day), time: at });
}

/** "Tuesday, March 10, 9:00 AM" */
export const middleWhen = ({ t, locale }: I18n, time: string): string =>
    t('when.day', { day: formatDay(locale, dayOf(time)), time: formatTime(locale, time) });

/** "Tuesday, March 10, 2026, 9:00 AM" */
export const longWhen = ({ t, locale }: I18n, time: string): string =>
    t('when.day', { day: formatLongDay(locale, dayOf(time)), time: formatTime(locale, time) });
