import { kDurations, kVisitTypes, visitOf, type Visit } from '@/features/booking/visit';
import styles from '@/features/booking/booking.module.css';
import { useI18n } from '@/shared/i18n/i18n';
import { Choices } from '@/shared/ui/Choices';

interface Props {
    visit: Visit;
    onChange: (visit: Visit) => void;
}

export function VisitPicker({ visit, onChange }: Props) {
    const { t } = useI18n();
    const isFirstVisit = visit.type === 'new-patient';
    return (
        <div className={styles.visit}>
            <Choices
                legend={t('visit.heading')}
                look="cards"
                value={visit.type}
                choices={kVisitTypes.map((type) => ({ value: type, label: t(`visit.${type}`), hint: t(`visit.${type}Hint`) }))}
                onChange={(type) => onChange(visitOf(type, isFirstVisit ? 30 : visit.duration))}
            />
            <Choices
                legend={t('visit.length')}
                look="row"
                value={visit.duration}
                choices={kDurations.map((minutes) => ({
                    value: minutes,
                    label: t('visit.minutesShort', { count: minutes }),
                    unavailable: isFirstVisit && minutes !== 60,
                }))}
                note={isFirstVisit ? t('visit.lengthFixed') : undefined}
                onChange={(duration) => onChange(visitOf(visit.type, duration))}
            />
        </div>
    );
}
