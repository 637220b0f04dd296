import { Back } from '@/features/booking/Back';
import styles from '@/features/booking/booking.module.css';
import { useI18n } from '@/shared/i18n/i18n';

interface Props {
    step: 1 | 2 | 3 | 4 | 5 | 6;
    /** Where the step before is; none once it is booked. */
    back?: string;
}

const kSteps = [1, 2, 3, 4, 5, 6] as const;

export function Steps({ step, back }: Props) {
    const { t } = useI18n();
    return (
        <div className={styles.steps}>
            {back !== undefined && <Back to={back} />}
            <p className={styles.stepText}>
                <span>{t('step.of', { step })}</span>
                <span className={styles.stepName}>{t(`step.${step}`)}</span>
            </p>
            <ol className={styles.track} aria-hidden="true">
                {kSteps.map((each) => (
                    <li key={each} data-done={each < step || step === 6 || undefined} data-now={(each === step && step < 6) || undefined} />
                ))}
            </ol>
        </div>
    );
}
