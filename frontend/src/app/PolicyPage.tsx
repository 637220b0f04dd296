import styles from '@/app/policy.module.css';
import { useClinic } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { ButtonAnchor } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

export function PolicyPage() {
    const { t, locale } = useI18n();
    const clinic = useClinic();
    return (
        <div className={styles.page}>
            <PageTitle title={t('policy.title')}>
                <p>{t('policy.lead')}</p>
            </PageTitle>
            {clinic === undefined ? (
                <Skeleton height="28rem" round />
            ) : (
                <>
                    <div className={styles.rules}>
                        <Card>
                            <h2>{t('policy.freeTitle', { hours: clinic.fee_window_hours })}</h2>
                            <p>{t('policy.free')}</p>
                        </Card>
                        <Card>
                            <h2>{t('policy.lateTitle', { hours: clinic.fee_window_hours })}</h2>
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
