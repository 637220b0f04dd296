import { useQuery } from '@tanstack/react-query';
import styles from '@/app/policy.module.css';
import { clinicQuery } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { formatHours } from '@/shared/i18n/span';
import { ButtonAnchor } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

export function PolicyPage() {
    const { t, locale } = useI18n();
    const { data: clinic, error, refetch } = useQuery(clinicQuery);
    return (
        <div className={styles.page}>
            <PageTitle title={t('policy.title')}>
                <p>{t('policy.lead')}</p>
            </PageTitle>
            {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
            {clinic === undefined ? (
                error === null && <Skeleton height="28rem" round />
            ) : (
                <>
                    <div className={styles.rules}>
                        <Card>
                            <h2>{t('policy.freeTitle', { window: formatHours(locale, clinic.fee_window_hours) })}</h2>
                            <p>{t('policy.free')}</p>
                        </Card>
                        <Card>
                            <h2>{t('policy.lateTitle', { window: formatHours(locale, clinic.fee_window_hours) })}</h2>
                            <p>{t('policy.late', { fee: formatMoney(locale, clinic.fee_cents) })}</p>
                        </Card>
                    </div>
                    <h2>{t('policy.startedTitle')}</h2>
                    <p>{t('policy.started')}</p>
                    <h2>{t('policy.waitTitle')}</h2>
                    <p>{t('policy.wait')}</p>
                    <h2>{t('policy.illTitle')}</h2>
                    <p>{t('policy.ill')}</p>
                    <ButtonAnchor look="secondary" href={`tel:${clinic.phone}`}>
                        {t('app.call', { phone: clinic.phone })}
                    </ButtonAnchor>
                </>
            )}
        </div>
    );
}
