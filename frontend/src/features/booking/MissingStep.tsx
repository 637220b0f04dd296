import { useI18n } from '@/shared/i18n/i18n';
import { ButtonLink } from '@/shared/ui/Button';
import { Empty } from '@/shared/ui/Empty';
import { PageTitle } from '@/shared/ui/PageTitle';

/** Somebody came in the middle, as by an old link. */
export function MissingStep({ to }: { to: string }) {
    const { t } = useI18n();
    return (
        <>
            <PageTitle title={t('confirm.missingTitle')} />
            <Empty text={t('confirm.missingText')}>
                <ButtonLink to={to}>{t('confirm.start')}</ButtonLink>
            </Empty>
        </>
    );
}
