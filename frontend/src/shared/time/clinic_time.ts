/**
 * Days and times as the clinic's clock shows them. The API's times carry the clinic's offset, so the text before the offset
 * is what the patient has to see, wherever the browser is: it is taken apart here, and never converted.
 *
 * A day is a text, YYYY-MM-DD; a time is one as the API sends it, 2026-03-10T09:00:00-04:00.
 */
export type Day = string;

/** The day of a time. */
export const dayOf = (time: string): Day => time.slice(0, 10);

/** Minutes after midnight. */
export const minuteOf = (time: string): number => Number(time.slice(11, 13)) * 60 + Number(time.slice(14, 16));

/** Morning is before 12:00, in the waitlist's rule as on the page. */
export const isMorning = (time: string): boolean => minuteOf(time) < 12 * 60;

/** The day that it is now in a zone of the IANA database. */
export function today(zone: string, now: Date): Day {
    const { year, month, day } = partsIn(zone, now);
    return `${year}-${month}-${day}`;
}

/** What the clock shows now in a zone: 09:05, 17:30. */
export function clock(zone: string, now: Date): string {
    const { hour, minute } = partsIn(zone, now);
    return `${hour}:${minute}`;
}

// One formatter for both, and in the language that most pages are in: each other one costs a slow phone a tenth of a second.
function partsIn(zone: string, now: Date): Record<'year' | 'month' | 'day' | 'hour' | 'minute', string> {
    const parts = formatter('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
    }).formatToParts(now);
    const found = { year: '', month: '', day: '', hour: '', minute: '' };
    for (const { type, value } of parts) if (type in found) found[type as keyof typeof found] = value;
    return found;
}

/** The day that it is now where `time` was written, by its offset. */
export function todayAt(time: string, now: Date): Day {
    return new Date(now.getTime() + offsetMinutes(time) * 60_000).toISOString().slice(0, 10);
}

function offsetMinutes(time: string): number {
    const match = /([+-])(\d{2}):(\d{2})$/.exec(time);
    if (!match) return 0;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    return match[1] === '-' ? -minutes : minutes;
}

export function addDays(day: Day, count: number): Day {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + count);
    return date.toISOString().slice(0, 10);
}

/** The first and the last day of the month that a day is in. */
export function monthOf(day: Day): [Day, Day] {
    const first = `${day.slice(0, 7)}-01`;
    const next = addDays(first, 31).slice(0, 7);
    return [first, addDays(`${next}-01`, -1)];
}

export const isDay = (text: string | undefined): text is Day => {
    if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const date = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/** 0 is Sunday, as in the API's schedules. */
export const dayOfWeek = (day: Day): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** From now until a time; negative once it is past. */
export const minutesUntil = (time: string, now: Date): number => (new Date(time).getTime() - now.getTime()) / 60_000;
export const hoursUntil = (time: string, now: Date): number => minutesUntil(time, now) / 60;

// The wall-clock text is read as if it were UTC, and shown in UTC: Intl then words it without moving it.
const wallClock = (time: string): Date => new Date(`${time.slice(0, 16)}:00Z`);
const startOfDay = (day: Day): Date => new Date(`${day}T00:00:00Z`);

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = `${locale} ${JSON.stringify(options)}`;
    let made = formatters.get(key);
    if (made === undefined) {
        made = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
        formatters.set(key, made);
    }
    return made;
}

/** "9:00 AM" */
export const formatTime = (locale: string, time: string): string =>
    formatter(locale, { hour: 'numeric', minute: '2-digit' }).format(wallClock(time));

/** "Tuesday, March 10, 2026" */
export const formatLongDay = (locale: string, day: Day): string =>
    formatter(locale, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }).format(startOfDay(day));

/** "Tuesday, March 10": for days that are near, where the year is noise. */
export const formatDay = (locale: string, day: Day): string =>
    formatter(locale, { weekday: 'long', month: 'long', day: 'numeric' }).format(startOfDay(day));

/** "Tue, Mar 10" */
export const formatShortDay = (locale: string, day: Day): string =>
    formatter(locale, { weekday: 'short', month: 'short', day: 'numeric' }).format(startOfDay(day));

/** "Tue" */
export const formatWeekday = (locale: string, day: Day): string =>
    formatter(locale, { weekday: 'short' }).format(startOfDay(day));

/** "Mar" */
export const formatMonth = (locale: string, day: Day): string =>
    formatter(locale, { month: 'short' }).format(startOfDay(day));

/** "March 10, 1956": a date of birth. */
export const formatDate = (locale: string, day: Day): string =>
    formatter(locale, { month: 'long', day: 'numeric', year: 'numeric' }).format(startOfDay(day));

/** "Eastern Time", of an IANA zone. */
export function zoneName(locale: string, zone: string): string {
    const parts = formatter(locale, { timeZone: zone, timeZoneName: 'longGeneric' }).formatToParts(new Date());
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** In which order a locale writes a date. */
export function dateOrder(locale: string): ('day' | 'month' | 'year')[] {
    return formatter(locale, { year: 'numeric', month: '2-digit', day: '2-digit' })
        .formatToParts(new Date(0))
        .flatMap(({ type }) => (type === 'day' || type === 'month' || type === 'year' ? [type] : []));
}
