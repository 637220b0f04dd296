const kMinutesOfHour = 60;

/** "24 hours", and "90 minutes" where it is no whole number of hours. */
export function formatSpan(locale: string, minutes: number): string {
    const inHours = minutes % kMinutesOfHour === 0;
    return new Intl.NumberFormat(locale, { style: 'unit', unit: inHours ? 'hour' : 'minute', unitDisplay: 'long' }).format(
        inHours ? minutes / kMinutesOfHour : minutes,
    );
}

export const formatHours = (locale: string, hours: number): string => formatSpan(locale, hours * kMinutesOfHour);
