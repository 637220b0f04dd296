import { parseDate, type CalendarDate } from '@internationalized/date';
import { useQuery } from '@tanstack/react-query';
import {
    Button,
    Calendar,
    CalendarCell,
    CalendarGrid,
    CalendarGridBody,
    CalendarGridHeader,
    CalendarHeaderCell,
    Heading,
    I18nProvider,
} from 'react-aria-components';
import { monthQuery } from '@/features/booking/availability';
import styles from '@/features/booking/calendar.module.css';
import { dayState, type Bounds, type DayState } from '@/features/booking/day_state';
import type { Visit } from '@/features/booking/visit';
import { closingQuery } from '@/shared/api/schedule';
import { useI18n } from '@/shared/i18n/i18n';
import { addDays, monthOf, type Day } from '@/shared/time/clinic_time';
import { Failure } from '@/shared/ui/Failure';

interface Props {
    doctorId: number;
    visit: Visit;
    bounds: Bounds;
    day: Day | undefined;
    /** The day whose month is shown. */
    shown: Day;
    onLeaf: (day: Day) => void;
    onChoose: (day: Day) => void;
}

/** A month with its free days marked. A full day can be chosen too: that is the way to the waitlist. */
export function DayCalendar({ doctorId, visit, bounds, day, shown, onLeaf, onChoose }: Props) {
    const { t, locale } = useI18n();
    const focused = parseDate(shown);
    const [from, to] = monthOf(shown);
    const month = useQuery(monthQuery(doctorId, from, to, visit));
    const closing = useQuery(closingQuery(doctorId)).data;

    const stateOf = (date: CalendarDate): DayState => {
        const each = date.toString();
        return dayState(each, bounds, month.data?.get(each), closing);
    };
    const hasNone = month.isSuccess && ![...month.data].some(([each, free]) => free > 0 && each >= bounds.first && each <= bounds.last);
    const isLastMonth = to >= bounds.last;

    return (
        <div className={styles.frame}>
            <I18nProvider locale={locale}>
                <Calendar
                    className={styles.calendar ?? ''}
                    aria-label={t('date.calendar')}
                    value={day === undefined ? null : parseDate(day)}
                    focusedValue={focused}
                    minValue={parseDate(bounds.first)}
                    maxValue={parseDate(bounds.last)}
                    isDateUnavailable={(date) => ['closed', 'past'].includes(stateOf(date as CalendarDate))}
                    onFocusChange={(date) => onLeaf(date.toString())}
                    onChange={(date) => onChoose(date.toString())}
                >
                    <header className={styles.head}>
                        <Heading level={2} />
                        <Button slot="previous" aria-label={t('date.previous')}>
                            ‹
                        </Button>
                        <Button slot="next" aria-label={t('date.next')}>
                            ›
                        </Button>
                    </header>
                    <CalendarGrid weekdayStyle="short" className={styles.grid ?? ''}>
                        <CalendarGridHeader>{(name) => <CalendarHeaderCell>{name}</CalendarHeaderCell>}</CalendarGridHeader>
                        <CalendarGridBody>
                            {(date) => {
                                const state = stateOf(date);
                                const free = month.data?.get(date.toString());
                                return (
                                    <CalendarCell
                                        date={date}
                                        className={styles.cell ?? ''}
                                        data-state={state}
                                        // React Aria names the cell by its date; what can be had on it belongs to the name.
                                        render={(props) => <div {...props} aria-label={`${props['aria-label'] ?? ''}${describe(state, free)}`} />}
                                    />
                                );
                            }}
                        </CalendarGridBody>
                    </CalendarGrid>
                </Calendar>
            </I18nProvider>
            {month.isError && <Failure error={month.error} onRetry={() => void month.refetch()} />}
            <ul className={styles.legend}>
                <li data-state="free">{t('date.legendFree')}</li>
                <li data-state="full">{t('date.legendFull')}</li>
            </ul>
            {hasNone && (
                <p role="status" className={styles.none}>
                    {t('date.noneInMonth')}{' '}
                    {!isLastMonth && (
                        <button type="button" onClick={() => onLeaf(addDays(to, 1))}>
                            {t('date.showNextMonth')}
                        </button>
                    )}
                </p>
            )}
        </div>
    );

    function describe(state: DayState, free: number | undefined): string {
        switch (state) {
            case 'free':
                return `, ${t('date.free', { count: free ?? 0 })}`;
            case 'full':
                return `, ${t('date.full')}`;
            case 'closed':
                return `, ${t('date.closed')}`;
            case 'past':
                return `, ${t('date.past')}`;
            case 'unknown':
                return '';
        }
    }
}
